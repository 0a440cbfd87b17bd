'use client'

import { SearchIcon } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useState } from 'react'
import { cn } from '@/ui/cn'
import type { Way } from './asked'

const PAUSE_MS = 180
const HINTS: Record<Way, string> = {
  words: 'A name, a phrase, a question…',
  text: 'A text, as it stands in the code',
  regex: 'A regular expression, such as def \\w+_failed\\(',
}

interface QueryBoxProps {
  value: string
  way: Way
  /** Why what was typed cannot be searched for. */
  refused: string | null
  onChange: (q: string) => void
}

/** The words; the address follows shortly after one stops typing. */
export function QueryBox({ value, way, refused, onChange }: QueryBoxProps) {
  const about = useId()
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setTyped(value)
  }
  // Spaces at the ends may be what one looks for to the letter.
  const meant = way === 'words' ? typed.trim() : typed
  const settle = useEffectEvent(() => {
    if (meant !== value) onChange(meant)
  })
  useEffect(() => {
    const timer = setTimeout(() => settle(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(meant)
      }}
    >
      <div className="relative">
        <SearchIcon
          size={16}
          aria-hidden
          className="pointer-events-none absolute top-3 left-3 text-quiet"
        />
        <input
          type="search"
          aria-label="Search code"
          aria-invalid={refused ? true : undefined}
          aria-describedby={refused ? about : undefined}
          placeholder={HINTS[way]}
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            document.querySelector<HTMLElement>('[data-row]')?.focus()
          }}
          className={cn(
            'h-10 w-full rounded-sm border border-line-strong bg-surface pr-3 pl-9 text-md focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad',
            way !== 'words' && 'font-mono text-sm',
          )}
        />
      </div>
      {refused ? (
        <p id={about} className="mt-1 text-xs text-bad">
          {refused}
        </p>
      ) : null}
    </form>
  )
}
