'use client'

import type { Citation } from '@samoey/api'
import { HoverCard } from 'radix-ui'
import { useState } from 'react'
import { short } from '@/ui/format'
import { Link } from '@/ui/link'
import { Snippet } from '@/ui/snippet'
import { citationLabel } from './answer-text'

const PREVIEW_LINES = 14

function Preview({ citation }: { citation: Citation }) {
  const all = citation.text.replace(/\n$/, '').split('\n')
  const more = all.length - PREVIEW_LINES
  return (
    <>
      <p className="flex justify-between gap-4 border-b px-4 py-2 text-xs text-quiet">
        <span className="truncate">
          {citation.repository_name}/{citation.path}
        </span>
        <span className="font-mono">{short(citation.commit)}</span>
      </p>
      <Snippet
        code={all.slice(0, PREVIEW_LINES).join('\n')}
        path={citation.path}
        start={citation.start}
        className="overflow-x-hidden bg-raised py-2"
      />
      {more > 0 ? <p className="px-4 pb-2 text-xs text-quiet">and {more} more lines</p> : null}
    </>
  )
}

interface CitationChipProps {
  citation: Citation
  href: string
  current?: boolean
}

/** A place in the code that the server has checked: hover shows it, a click opens it. */
export function CitationChip({ citation, href, current }: CitationChipProps) {
  const [hovered, setHovered] = useState(false)
  return (
    <HoverCard.Root
      // What is open beside the answer needs no preview, and `Esc` shall close that and not this.
      open={hovered && !current}
      onOpenChange={setHovered}
      openDelay={200}
      closeDelay={80}
    >
      <HoverCard.Trigger asChild>
        <Link
          href={href}
          scroll={false}
          data-chip
          data-citation={citation.number}
          aria-current={current || undefined}
          // Focus that comes back from a closed panel asks for no preview, which would cover what is there.
          onFocus={(event) => {
            if (!event.currentTarget.matches(':focus-visible')) event.preventDefault()
          }}
          aria-label={`${citationLabel(citation)} in ${citation.path}, source ${citation.number}`}
          className="mx-0.5 rounded-sm bg-accent-wash px-1.5 py-0.5 font-mono text-xs whitespace-nowrap text-accent hover:bg-accent hover:text-accent-text aria-current:bg-accent aria-current:text-accent-text"
        >
          {citationLabel(citation)}
        </Link>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          role="region"
          aria-label={`Preview of ${citationLabel(citation)}`}
          side="top"
          sideOffset={6}
          collisionPadding={12}
          className="z-50 w-[min(600px,92vw)] animate-appear overflow-hidden rounded-md bg-raised shadow-float"
        >
          <Preview citation={citation} />
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  )
}
