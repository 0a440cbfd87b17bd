'use client'

import { SquareArrowOutUpRight } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { CopyButton } from '@/ui/copy'
import { many } from '@/ui/format'
import { Highlight } from '@/ui/highlight'
import { Link } from '@/ui/link'

const FOLD_FROM = 28
const FOLDED = 18

interface CodeBlockProps {
  code: string
  language: string | null
  path: string | null
  /** Where the file stands, when an answer's citation tells. */
  open: string | null
}

function BlockName({ language, path }: Pick<CodeBlockProps, 'language' | 'path'>) {
  return (
    <span className="min-w-0 grow truncate">
      {path ? <span className="font-mono text-text">{path}</span> : null}
      {path && language ? ' · ' : null}
      {language ?? (path ? null : 'text')}
    </span>
  )
}

/** Code in an answer: what it is, copy, open; a long one folds. */
export function CodeBlock({ code, language, path, open }: CodeBlockProps) {
  const lines = code.replace(/\n$/, '').split('\n')
  const long = lines.length > FOLD_FROM
  const [folded, setFolded] = useState(true)
  const shown = long && folded ? lines.slice(0, FOLDED) : lines
  return (
    <figure className="overflow-hidden rounded-md border bg-ground">
      <figcaption className="flex h-9 items-center gap-2 border-b pr-1 pl-3 text-xs text-quiet">
        <BlockName language={language} path={path} />
        {open ? (
          <IconButton label="Open the file" size="icon-sm" asChild>
            <Link href={open} scroll={false}>
              <SquareArrowOutUpRight size={16} aria-hidden />
            </Link>
          </IconButton>
        ) : null}
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} className="code-lines overflow-x-auto px-3 py-2">
        <code>
          <Highlight code={shown.join('\n')} language={language} />
        </code>
      </pre>
      {long ? (
        <Button
          tone="quiet"
          size="sm"
          className="w-full rounded-none border-t"
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        >
          {folded ? `Show all ${many(lines.length, 'line')}` : 'Fold'}
        </Button>
      ) : null}
    </figure>
  )
}
