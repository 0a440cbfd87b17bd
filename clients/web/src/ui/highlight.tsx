import type { ElementContent, Root } from 'hast'
import { createLowlight } from 'lowlight'
import { Fragment, type ReactNode } from 'react'
import { grammars } from './grammars'

const lowlight = createLowlight(grammars)
// Beyond this, colours cost more than they give.
const LONGEST = 60_000

const MARK = 'rounded-[2px] bg-accent-wash text-current'

/** Shows a piece of text that begins at a place of the whole. */
type Mark = (text: string, at: number) => ReactNode

/** The words one looked for, marked where they stand. */
function byWords(words: RegExp | null): Mark {
  return (text) => {
    if (!words) return text
    return text.split(words).map((part, at) =>
      at % 2 ? (
        <mark key={at} className={MARK}>
          {part}
        </mark>
      ) : (
        part
      ),
    )
  }
}

/** What lies between places of the text, marked; a piece may hold a part of it. */
function byRanges(ranges: readonly Range[]): Mark {
  return (text, begin) => {
    const parts: ReactNode[] = []
    let at = 0
    for (const [from, to] of ranges) {
      const start = Math.max(from - begin, at)
      const end = Math.min(to - begin, text.length)
      if (end <= start) continue
      parts.push(text.slice(at, start))
      parts.push(
        <mark key={start} className={MARK}>
          {text.slice(start, end)}
        </mark>,
      )
      at = end
    }
    parts.push(text.slice(at))
    return parts
  }
}

type Nodes = (ElementContent | Root['children'][number])[]

function lengthOf(nodes: Nodes): number {
  return nodes.reduce((sum, node) => {
    if (node.type === 'text') return sum + node.value.length
    return node.type === 'element' ? sum + lengthOf(node.children) : sum
  }, 0)
}

function render(nodes: Nodes, mark: Mark, begin: number): ReactNode[] {
  let at = begin
  return nodes.map((node, number) => {
    const here = at
    at += lengthOf([node])
    if (node.type === 'text') return <Fragment key={number}>{mark(node.value, here)}</Fragment>
    if (node.type !== 'element') return null
    const classes = node.properties.className
    return (
      <span key={number} className={Array.isArray(classes) ? classes.join(' ') : undefined}>
        {render(node.children, mark, here)}
      </span>
    )
  })
}

/** Words to mark, as a pattern that `split` keeps; null when there are none. */
export function wordsOf(query: string): RegExp | null {
  const words = query.match(/[\p{L}\p{N}_]{2,}/gu)
  if (!words) return null
  const longestFirst = [...new Set(words)].sort((a, b) => b.length - a.length)
  return new RegExp(`(${longestFirst.join('|')})`, 'giu')
}

export type Range = readonly [from: number, to: number]

interface HighlightProps {
  code: string
  language?: string | null
  /** Words to mark. */
  words?: RegExp | null
  /** Places to mark instead, in order. */
  ranges?: readonly Range[]
}

/** Code with its syntax in colour; a language that is not known stays plain. */
export function Highlight({ code, language, words = null, ranges }: HighlightProps) {
  const name = language?.toLowerCase() ?? ''
  const mark = ranges ? byRanges(ranges) : byWords(words)
  if (code.length > LONGEST || !lowlight.registered(name)) return <>{mark(code, 0)}</>
  return <>{render(lowlight.highlight(name, code).children, mark, 0)}</>
}
