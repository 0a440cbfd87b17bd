'use client'

import type { ExactHit } from '@samoey/api'
import { useState } from 'react'
import { codeLink } from '@/features/repositories'
import { lines, many } from '@/ui/format'
import { Link } from '@/ui/link'
import { Snippet } from '@/ui/snippet'
import { FileBox } from './FileBox'
import { type FileHits, groupByFile } from './groups'
import { inUnits } from './units'

const LINES_SHOWN = 6

function LineRow({ hit }: { hit: ExactHit }) {
  const range = { start: hit.line, end: hit.end_line }
  return (
    <li className="relative focus-within:bg-wash hover:bg-wash">
      {/* The link is these words; its area is the whole line. */}
      <Link
        data-row
        href={codeLink({ repo: hit.repository_id, at: hit.commit, path: hit.path, lines: range })}
        className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
      >
        <span className="sr-only">
          {hit.path}, line {lines(hit.line, hit.end_line)}
        </span>
      </Link>
      <Snippet
        code={hit.text}
        path={hit.path}
        language={hit.language}
        start={hit.line}
        ranges={inUnits(hit.text, hit.matches)}
        className="overflow-x-hidden py-0.5"
      />
    </li>
  )
}

function FileLines({ file }: { file: FileHits<ExactHit> }) {
  const [all, setAll] = useState(false)
  const shown = all ? file.hits : file.hits.slice(0, LINES_SHOWN)
  const more = file.hits.length - shown.length
  return (
    <FileBox
      path={file.path}
      repositoryName={file.repositoryName}
      commit={file.commit}
      more={more > 0 ? many(more, 'more line') : null}
      onMore={() => setAll(true)}
    >
      <ul className="py-1">
        {shown.map((hit) => (
          <LineRow key={`${hit.line}:${hit.column}`} hit={hit} />
        ))}
      </ul>
    </FileBox>
  )
}

/** The lines that hold a text or match a pattern, by file, in the order of the repositories. */
export function ExactResults({ hits }: { hits: ExactHit[] }) {
  return (
    <div className="flex flex-col gap-4">
      {groupByFile(hits).map((file) => (
        <FileLines key={file.key} file={file} />
      ))}
    </div>
  )
}
