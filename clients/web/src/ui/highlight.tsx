import type { ElementContent, Root } from 'hast'
import { createLowlight } from 'lowlight'
import { Fragment, type ReactNode } from 'react'
import { grammars } from './grammars'

const lowlight = createLowlight(grammars)
// Beyond this, colours cost more than they give.
const LONGEST = 60_000

function render(nodes: (ElementContent | Root['children'][number])[]): ReactNode[] {
  return nodes.map((node, at) => {
    if (node.type === 'text') return <Fragment key={at}>{node.value}</Fragment>
    if (node.type !== 'element') return null
    const classes = node.properties.className
    return (
      <span key={at} className={Array.isArray(classes) ? classes.join(' ') : undefined}>
        {render(node.children)}
      </span>
    )
  })
}

/** Code with its syntax in colour; a language that is not known stays plain. */
export function Highlight({ code, language }: { code: string; language?: string | null }) {
  const name = language?.toLowerCase() ?? ''
  if (code.length > LONGEST || !lowlight.registered(name)) return <>{code}</>
  return <>{render(lowlight.highlight(name, code).children)}</>
}
