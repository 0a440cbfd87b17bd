'use client'

import type { Hit } from '@samoey/api'
import { type ReactNode, useState } from 'react'
import { codeLink } from '@/features/repositories'
import { cn } from '@/ui/cn'
import { lines, many } from '@/ui/format'
import { wordsOf } from '@/ui/highlight'
import { Link } from '@/ui/link'
import { Snippet } from '@/ui/snippet'
import { FileBox } from './FileBox'
import { type FileHits, groupByFile } from './groups'

const LINES_SHOWN = 8
const HITS_SHOWN = 3

/** How many different words of the query a line holds. */
function fit(line: string, words: RegExp): number {
  return new Set(line.match(words)?.map((word) => word.toLowerCase())).size
}

/** The lines around the one that holds most words; a whole function would bury it. */
function window(hit: Hit, words: RegExp | null): { code: string; start: number } {
  const all = hit.text.replace(/\n$/, '').split('\n')
  const fits = words ? all.map((line) => fit(line, words)) : [0]
  const first = fits.indexOf(Math.max(...fits))
  const from = Math.max(0, Math.min(first - 2, all.length - LINES_SHOWN))
  return { code: all.slice(from, from + LINES_SHOWN).join('\n'), start: hit.start + from }
}

interface Shown {
  words: RegExp | null
  why: ((hit: Hit) => ReactNode) | undefined
}

function HitRow({ hit, words, why }: Shown & { hit: Hit }) {
  const [asking, setAsking] = useState(false)
  const { code, start } = window(hit, words)
  const range = { start: hit.start, end: hit.end }
  return (
    <li className="relative border-t first:border-t-0 focus-within:bg-wash hover:bg-wash">
      {/* The link is these words; its area is the whole place. */}
      <Link
        data-row
        href={codeLink({ repo: hit.repository_id, at: hit.commit, path: hit.path, lines: range })}
        className="flex gap-2 px-4 pt-2 text-xs text-quiet outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
      >
        <span className="sr-only">
          {hit.path}, lines {hit.start} to {hit.end}
          {hit.symbol ? `, ${hit.symbol}` : ''}
        </span>
        {hit.symbol ? (
          <span aria-hidden className="truncate font-mono text-text">
            {hit.symbol}
          </span>
        ) : null}
        <span aria-hidden>{hit.kind}</span>
        <span aria-hidden className={cn('ml-auto shrink-0 nums', why && 'mr-12')}>
          {lines(hit.start, hit.end)}
        </span>
      </Link>
      {why ? (
        <button
          type="button"
          aria-expanded={asking}
          aria-label={`Why ${hit.symbol ?? `${hit.path}, lines ${lines(hit.start, hit.end)}`} was found`}
          className="absolute top-1 right-3 z-10 h-6 rounded-sm px-1.5 text-xs text-quiet hover:bg-wash-strong hover:text-text aria-expanded:text-text"
          onClick={() => setAsking(!asking)}
        >
          Why
        </button>
      ) : null}
      <Snippet
        code={code}
        path={hit.path}
        language={hit.language}
        start={start}
        words={words}
        className="overflow-x-hidden pt-1 pb-2"
      />
      {asking ? why?.(hit) : null}
    </li>
  )
}

interface FileGroupProps extends Shown {
  file: FileHits<Hit>
}

function FileGroup({ file, ...shown }: FileGroupProps) {
  const [all, setAll] = useState(false)
  // The best ones are chosen, then read from top to bottom.
  const hits = file.hits.slice(0, all ? undefined : HITS_SHOWN).sort((a, b) => a.start - b.start)
  const more = file.hits.length - hits.length
  return (
    <FileBox
      path={file.path}
      repositoryName={file.repositoryName}
      commit={file.commit}
      more={more > 0 ? many(more, 'more place') : null}
      onMore={() => setAll(true)}
    >
      <ul>
        {hits.map((hit) => (
          <HitRow key={`${hit.start}-${hit.end}`} hit={hit} {...shown} />
        ))}
      </ul>
    </FileBox>
  )
}

interface ResultsProps {
  hits: Hit[]
  query: string
  /** Says why a hit was found. */
  why?: (hit: Hit) => ReactNode
}

/** What was found, by file, to scan with `j` and `k`. */
export function Results({ hits, query, why }: ResultsProps) {
  const words = wordsOf(query)
  return (
    <div className="flex flex-col gap-4">
      {groupByFile(hits).map((file) => (
        <FileGroup key={file.key} file={file} words={words} why={why} />
      ))}
    </div>
  )
}
