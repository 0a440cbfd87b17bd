'use client'

import type { Citation } from '@samoey/api'
import type { Element } from 'hast'
import { type ComponentProps, createContext, memo, use } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CitationChip } from './CitationChip'
import { CodeBlock } from './CodeBlock'
import { CITATION, HEADED_BY, remarkCitations } from './remark-citations'

export interface AnswerTextProps {
  text: string
  citations: Citation[]
  /** The address at which a citation opens. */
  hrefOf: (citation: Citation) => string
  /** The citation that is open beside the answer. */
  openNumber?: number | null
}

const plugins = [remarkGfm, remarkCitations]

function textOf(node: Element): string {
  return node.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? textOf(child) : '',
    )
    .join('')
}

/** What stands behind the three backticks: a language and, after it, maybe a path. */
function fence(code: Element): { language: string | null; path: string | null } {
  const classes = code.properties.className
  const names = Array.isArray(classes) ? classes.map(String) : []
  const language = names.find((name) => name.startsWith('language-'))?.slice(9) ?? null
  const meta = (code.data as { meta?: string } | undefined)?.meta?.trim() ?? ''
  return { language, path: /^\S*[./]\S*$/.test(meta) ? meta : null }
}

type Parts = Pick<AnswerTextProps, 'citations' | 'hrefOf' | 'openNumber'>

// The renderer's parts stay the same objects from piece to piece, so that a folded block stays
// folded and a preview stays open while the text grows; what changes reaches them by context.
const PartsContext = createContext<Parts>({ citations: [], hrefOf: () => '' })

function AnswerLink({ href = '', children }: ComponentProps<'a'>) {
  const { citations, hrefOf, openNumber } = use(PartsContext)
  if (!href.startsWith(CITATION)) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    )
  }
  const number = Number(href.slice(CITATION.length))
  const citation = citations.find((one) => one.number === number)
  if (!citation) return null
  return (
    <CitationChip citation={citation} href={hrefOf(citation)} current={number === openNumber} />
  )
}

/** Nothing is fetched from elsewhere for the sake of an answer: a picture stays a link. */
function AnswerPicture({ src, alt }: ComponentProps<'img'>) {
  return (
    <a href={typeof src === 'string' ? src : undefined} rel="noopener noreferrer nofollow">
      {alt || 'picture'}
    </a>
  )
}

/** The citation that a block of code comes from: by its path, or because it holds these lines. */
function sourceOf(citations: Citation[], path: string | null, code: string): Citation | undefined {
  if (path) return citations.find((one) => one.path === path || one.path.endsWith(`/${path}`))
  const lines = code.trim()
  return lines ? citations.find((one) => one.text.includes(lines)) : undefined
}

/** The citation that stands above a block as its head. */
function headOf(citations: Citation[], code: Element): Citation | undefined {
  const number = code.properties[HEADED_BY]
  return citations.find((one) => String(one.number) === number)
}

function AnswerCode({ node }: { node?: Element }) {
  const { citations, hrefOf, openNumber } = use(PartsContext)
  const code = node?.children.find((child) => child.type === 'element')
  if (!code) return null
  const { language, path } = fence(code)
  const text = textOf(code)
  const head = headOf(citations, code)
  const citation = head ?? sourceOf(citations, path, text)
  return (
    <CodeBlock
      code={text}
      language={language}
      path={path ?? citation?.path ?? null}
      citation={citation}
      open={citation ? hrefOf(citation) : null}
      isHead={head !== undefined}
      current={citation !== undefined && citation.number === openNumber}
    />
  )
}

/** The page has its own headings: those of an answer stand one level below all of them. */
function AnswerHeading({ children }: ComponentProps<'h3'>) {
  return <h3>{children}</h3>
}

const components: Components = {
  h1: AnswerHeading,
  h2: AnswerHeading,
  h3: AnswerHeading,
  h4: AnswerHeading,
  h5: AnswerHeading,
  h6: AnswerHeading,
  a: AnswerLink,
  img: AnswerPicture,
  pre: AnswerCode,
}

/** The words of an answer. Raw HTML in them is text like any other. */
export const AnswerText = memo(function AnswerText({ text, ...parts }: AnswerTextProps) {
  return (
    <PartsContext value={parts}>
      <div className="prose">
        <Markdown remarkPlugins={plugins} components={components}>
          {text}
        </Markdown>
      </div>
    </PartsContext>
  )
})
