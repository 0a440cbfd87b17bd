'use client'

import { CaseSensitive, WholeWord } from 'lucide-react'
import { IconButton } from '@/ui/button'
import { cn } from '@/ui/cn'
import { type Asked, type Way, WAYS } from './asked'

const NAMES: Record<Way, string> = { words: 'Words', text: 'Exact text', regex: 'Regex' }

interface WaysProps {
  asked: Asked
  onChange: (part: Partial<Asked>) => void
}

/** How what was typed is meant, and the switches that an exact search has. */
export function Ways({ asked, onChange }: WaysProps) {
  const exact = asked.way !== 'words'
  return (
    <div className="flex items-center gap-1">
      <fieldset className="flex rounded-sm border border-line-strong">
        <legend className="sr-only">Search by</legend>
        {WAYS.map((way) => (
          <label
            key={way}
            className={cn(
              'flex h-[30px] cursor-pointer items-center px-3 text-sm whitespace-nowrap first-of-type:rounded-l-[5px] last-of-type:rounded-r-[5px] hover:bg-wash-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              way === asked.way && 'bg-accent-wash font-medium',
            )}
          >
            <input
              type="radio"
              name="way"
              className="sr-only"
              checked={way === asked.way}
              onChange={() => onChange({ way })}
            />
            {NAMES[way]}
          </label>
        ))}
      </fieldset>
      {exact ? (
        <>
          <IconButton
            label="Match case"
            aria-pressed={asked.matchCase}
            className="aria-pressed:bg-accent-wash aria-pressed:text-text"
            onClick={() => onChange({ matchCase: !asked.matchCase })}
          >
            <CaseSensitive size={20} aria-hidden />
          </IconButton>
          <IconButton
            label="Whole words"
            aria-pressed={asked.word}
            className="aria-pressed:bg-accent-wash aria-pressed:text-text"
            onClick={() => onChange({ word: !asked.word })}
          >
            <WholeWord size={20} aria-hidden />
          </IconButton>
        </>
      ) : null}
    </div>
  )
}
