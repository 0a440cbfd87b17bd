import type { ElementContent, Root } from 'hast'
import { createLowlight } from 'lowlight'
import { Fragment, type ReactNode } from 'react'
import { grammars } from './grammars'

const lowlight = createLowlight(grammars)
// Beyond this, colours cost more than they give.
const LONGEST = 60_000

/** The words one looked for, marked where they stand. */
function marked(text: string, words: RegExp | null): ReactNode {
  if (!words) return text
  return text.split(words).map((part, at) =>
    at % 2 ? (
      <mark key={at} className="rounded-[2px] bg-accent-wash text-current">
        {part}
      </mark>
    ) : (
      part
    ),
  )
}

type Nodes = (ElementContent | Root['children'][number])[]

function render(nodes: Nodes, words: RegExp | null): ReactNode[] {
  return nodes.map((node, at) => {
    if (node.type === 'text') return <Fragment key={at}>{marked(node.value, words)}</Fragment>
    if (node.type !== 'element') return null
    const classes = node.properties.className
    return (
      <span key={at} className={Array.isArray(classes) ? classes.join(' ') : undefined}>
        {render(node.children, words)}
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

interface HighlightProps {
  code: string
  language?: string | null
  words?: RegExp | null
}

/** Code with its syntax in colour; a language that is not known stays plain. */
export function Highlight({ code, language, words = null }: HighlightProps) {
  const name = language?.toLowerCase() ?? ''
  if (code.length > LONGEST || !lowlight.registered(name)) return <>{marked(code, words)}</>
  return <>{render(lowlight.highlight(name, code).children, words)}</>
}
