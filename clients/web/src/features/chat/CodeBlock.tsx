'use client'

import type { Citation } from '@samoey/api'
import { Columns2, SquareArrowOutUpRight } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { CopyButton } from '@/ui/copy'
import { lines as lineNumbers, many } from '@/ui/format'
import { Highlight } from '@/ui/highlight'
import { Link } from '@/ui/link'
import { comparison } from './pairs'
import { Compare } from './Compare'

const LONGEST_WHOLE = 24
const FOLDED = 18

interface CodeBlockProps {
  code: string
  language: string | null
  path: string | null
  /** The lines that the block shows or speaks of, when an answer's citation tells. */
  citation?: Citation
  /** Where they stand. */
  open: string | null
  /** The citation is the block's head: these are its lines, and it is named nowhere else. */
  isHead?: boolean
  /** They are open beside the answer. */
  current?: boolean
}

/** Where the lines of a block stand: the whole path, once, and a click opens it. */
function Head({ citation, open, current }: CodeBlockProps) {
  if (!citation) return null
  const { path, start, end, number, symbol } = citation
  return (
    <>
      <Link
        href={open ?? ''}
        scroll={false}
        data-chip
        data-citation={number}
        aria-current={current || undefined}
        aria-label={`${path}:${lineNumbers(start, end)}, source ${number}`}
        className="-ml-1.5 flex min-w-0 rounded-sm px-1.5 py-0.5 font-mono text-accent hover:bg-accent-wash aria-current:bg-accent aria-current:text-accent-text"
      >
        <span className="truncate">{path}</span>
        <span className="shrink-0">:{lineNumbers(start, end)}</span>
      </Link>
      {symbol ? <span className="hidden truncate font-mono sm:inline">{symbol}</span> : null}
      <span className="grow" />
    </>
  )
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

function BlockHead(props: CodeBlockProps) {
  const { code, language, path, citation, open, isHead } = props
  const [comparing, setComparing] = useState(false)
  const compared = isHead ? null : comparison(code, language, citation)
  return (
    <figcaption className="flex h-9 items-center gap-2 border-b pr-1 pl-3 text-xs text-quiet">
      {isHead ? (
        <>
          <Head {...props} />
          {language && language !== 'text' ? (
            <span className="shrink-0 max-sm:hidden">{language}</span>
          ) : null}
        </>
      ) : (
        <BlockName language={language} path={path} />
      )}
      {compared ? (
        <IconButton label="Compare" size="icon-sm" onClick={() => setComparing(true)}>
          <Columns2 size={16} aria-hidden />
        </IconButton>
      ) : null}
      {open && !isHead ? (
        <IconButton label="Open the file" size="icon-sm" asChild>
          <Link href={open} scroll={false}>
            <SquareArrowOutUpRight size={16} aria-hidden />
          </Link>
        </IconButton>
      ) : null}
      <CopyButton text={code} label="Copy code" />
      {comparing && compared ? (
        <Compare {...compared} path={citation?.path ?? path} onClose={() => setComparing(false)} />
      ) : null}
    </figcaption>
  )
}

/** Code in an answer: what it is, copy, open, compare; a long one folds. */
export function CodeBlock(props: CodeBlockProps) {
  const { code, language } = props
  const lines = code.replace(/\n$/, '').split('\n')
  const long = lines.length > LONGEST_WHOLE
  const [folded, setFolded] = useState(true)
  const shown = long && folded ? lines.slice(0, FOLDED) : lines
  return (
    <figure className="overflow-hidden rounded-md border bg-ground">
      <BlockHead {...props} />
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
