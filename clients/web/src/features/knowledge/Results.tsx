'use client'

import type { Hit } from '@samoey/api'
import { FileCode2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { codeLink } from '@/features/repositories'
import { Button } from '@/ui/button'
import { lines, many, short } from '@/ui/format'
import { wordsOf } from '@/ui/highlight'
import { Snippet } from '@/ui/snippet'
import { type FileHits, groupByFile } from './groups'

const LINES_SHOWN = 8
const HITS_SHOWN = 3

/** The lines around the first word that was looked for; a whole function would bury it. */
function window(hit: Hit, words: RegExp | null): { code: string; start: number } {
  const all = hit.text.replace(/\n$/, '').split('\n')
  const first = words ? all.findIndex((line) => line.search(words) >= 0) : 0
  const from = Math.max(0, Math.min(first - 2, all.length - LINES_SHOWN))
  return { code: all.slice(from, from + LINES_SHOWN).join('\n'), start: hit.start + from }
}

function HitRow({ hit, words }: { hit: Hit; words: RegExp | null }) {
  const { code, start } = window(hit, words)
  const range = { start: hit.start, end: hit.end }
  return (
    <li>
      <Link
        data-row
        href={codeLink({ repo: hit.repository_id, at: hit.commit, path: hit.path, lines: range })}
        aria-label={`${hit.path}, lines ${hit.start} to ${hit.end}${hit.symbol ? `, ${hit.symbol}` : ''}`}
        className="block border-t first:border-t-0 hover:bg-wash focus-visible:bg-wash focus-visible:-outline-offset-2"
      >
        <span className="flex gap-2 px-4 pt-2 text-xs text-quiet">
          {hit.symbol ? <span className="truncate font-mono text-text">{hit.symbol}</span> : null}
          <span>{hit.kind}</span>
          <span className="ml-auto shrink-0 nums">{lines(hit.start, hit.end)}</span>
        </span>
        <Snippet
          code={code}
          path={hit.path}
          language={hit.language}
          start={start}
          words={words}
          className="pt-1 pb-2"
        />
      </Link>
    </li>
  )
}

function FileGroup({ file, words }: { file: FileHits; words: RegExp | null }) {
  const [all, setAll] = useState(false)
  const shown = all ? file.hits : file.hits.slice(0, HITS_SHOWN)
  const more = file.hits.length - shown.length
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-md border bg-surface">
      <h2 className="flex h-9 items-center gap-2 border-b bg-wash px-4 text-xs">
        <FileCode2 size={16} aria-hidden className="shrink-0 text-quiet" />
        <span className="truncate font-mono font-medium">{file.path}</span>
        <span className="ml-auto shrink-0 text-quiet">
          {file.repositoryName}
          <span className="hidden sm:inline"> @ {short(file.commit)}</span>
        </span>
      </h2>
      <ul>
        {shown.map((hit) => (
          <HitRow key={`${hit.start}-${hit.end}`} hit={hit} words={words} />
        ))}
      </ul>
      {more > 0 ? (
        <Button
          tone="quiet"
          size="sm"
          className="w-full rounded-none border-t"
          onClick={() => setAll(true)}
        >
          Show {many(more, 'more place')} in this file
        </Button>
      ) : null}
    </section>
  )
}

/** What was found, by file, to scan with `j` and `k`. */
export function Results({ hits, query }: { hits: Hit[]; query: string }) {
  const words = wordsOf(query)
  return (
    <div className="flex flex-col gap-4">
      {groupByFile(hits).map((file) => (
        <FileGroup key={file.key} file={file} words={words} />
      ))}
    </div>
  )
}
