'use client'

import type { Citation, OutlineItem } from '@samoey/api'
import { FileCode2 } from 'lucide-react'
import { lines, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { SymbolSign } from '@/ui/symbol'
import { inOrderOfUse } from './answer-text'

interface SourcesProps {
  text: string
  citations: Citation[]
  hrefOf: (citation: Citation) => string
}

/** The sources of an answer, in the order in which it uses them. */
export function Sources({ text, citations, hrefOf }: SourcesProps) {
  if (citations.length === 0) return null
  return (
    <section aria-label="Sources" className="mt-4">
      <h3 className="mb-1 text-xs font-medium text-quiet">Sources</h3>
      <ol className="-mx-2 max-w-[72ch]">
        {inOrderOfUse(text, citations).map((citation) => (
          <li key={citation.number}>
            <Link
              href={hrefOf(citation)}
              scroll={false}
              className="flex items-center gap-2 rounded-sm px-2 py-1 text-sm hover:bg-wash-strong"
            >
              <FileCode2 size={16} aria-hidden className="shrink-0 text-quiet" />
              <span className="truncate font-mono text-xs">
                {citation.path}
                <span className="text-quiet">:{lines(citation.start, citation.end)}</span>
              </span>
              {citation.symbol ? (
                <span className="hidden truncate text-xs text-quiet sm:inline">
                  {citation.symbol}
                </span>
              ) : null}
              <span className="ml-auto shrink-0 text-xs text-quiet">
                {citation.repository_name}
                <span className="hidden sm:inline"> @ {short(citation.commit)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  )
}

interface OutlineProps {
  items: OutlineItem[]
  hrefOf: (item: OutlineItem) => string
}

/** The symbols that an answer is about. */
export function Outline({ items, hrefOf }: OutlineProps) {
  if (items.length === 0) return null
  return (
    <section aria-label="Symbols" className="mt-4">
      <h3 className="mb-1 text-xs font-medium text-quiet">Symbols</h3>
      <ul className="flex max-w-[72ch] flex-wrap gap-1">
        {items.map((item) => (
          <li key={`${item.path}:${item.start}:${item.name}`}>
            <Link
              href={hrefOf(item)}
              scroll={false}
              title={`${item.kind} in ${item.path}:${lines(item.start, item.end)}`}
              className="inline-flex h-6 max-w-full items-center gap-1.5 rounded-sm border px-2 font-mono text-xs hover:bg-wash-strong"
            >
              <SymbolSign kind={item.kind} />
              <span className="truncate">{item.name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
