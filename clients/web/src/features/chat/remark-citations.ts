import type { PhrasingContent, Root, RootContent } from 'mdast'

/** The address by which the renderer knows a citation among the links. */
export const CITATION = '#citation-'

const MARK = /\[\^(\d+)\]/

function split(value: string): PhrasingContent[] {
  return value.split(/(\[\^\d+\])/).flatMap((part): PhrasingContent[] => {
    const number = MARK.exec(part)?.[1]
    if (number === undefined) return part === '' ? [] : [{ type: 'text', value: part }]
    return [{ type: 'link', url: CITATION + number, children: [{ type: 'text', value: number }] }]
  })
}

function walk(node: Root | RootContent): void {
  if (!('children' in node)) return
  const children = node.children as RootContent[]
  for (const child of children) walk(child)
  const parts = children.flatMap((child): RootContent[] =>
    child.type === 'text' ? split(child.value) : [child],
  )
  children.splice(0, children.length, ...parts)
}

/** Turns `[^3]` in the prose into a link that becomes a chip; code keeps its brackets. */
export function remarkCitations() {
  return (tree: Root): void => walk(tree)
}
