import type { Code, Link, PhrasingContent, Root, RootContent } from 'mdast'

/** The address by which the renderer knows a citation among the links. */
export const CITATION = '#citation-'
/** The property by which it knows the citation that heads a block of code. */
export const HEADED_BY = 'data-citation'

const MARK = /\[\^(\d+)\]/

function split(value: string): PhrasingContent[] {
  return value.split(/(\[\^\d+\])/).flatMap((part): PhrasingContent[] => {
    const number = MARK.exec(part)?.[1]
    if (number === undefined) return part === '' ? [] : [{ type: 'text', value: part }]
    return [{ type: 'link', url: CITATION + number, children: [{ type: 'text', value: number }] }]
  })
}

/** The citation of a paragraph that is nothing else. */
function aloneIn(node: RootContent | undefined): Link | undefined {
  if (node?.type !== 'paragraph' || node.children.length !== 1) return undefined
  const [only] = node.children
  return only?.type === 'link' && only.url.startsWith(CITATION) ? only : undefined
}

function head(code: Code, { url }: Link): void {
  code.data = { ...code.data, hProperties: { [HEADED_BY]: url.slice(CITATION.length) } }
}

/** A citation that stands alone above a block of code becomes the block's head: it says it once. */
function join(children: RootContent[]): RootContent[] {
  return children.filter((child, at) => {
    const next = children[at + 1]
    const citation = aloneIn(child)
    if (!citation || next?.type !== 'code') return true
    head(next, citation)
    return false
  })
}

function walk(node: Root | RootContent): void {
  if (!('children' in node)) return
  const children = node.children as RootContent[]
  for (const child of children) walk(child)
  const parts = children.flatMap((child): RootContent[] =>
    child.type === 'text' ? split(child.value) : [child],
  )
  children.splice(0, children.length, ...join(parts))
}

/** Turns `[^3]` in the prose into a link that becomes a chip; code keeps its brackets. */
export function remarkCitations() {
  return (tree: Root): void => walk(tree)
}
