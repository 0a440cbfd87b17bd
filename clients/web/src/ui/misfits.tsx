import type { Problem } from '@samoey/api'
import { Coded } from './coded'

interface Misfit {
  field: string
  detail: string
}

/** The field that a JSON pointer means, in words: its last step, with the place in a list. */
function fieldOf(pointer: string): string {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = steps.pop() ?? ''
  const words = /^\d+$/.test(last) ? `${steps.pop() ?? ''} ${Number(last) + 1}` : last
  const plain = words.replaceAll('_', ' ').trim()
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

function misfitsOf({ errors }: Problem): Misfit[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    if (typeof error !== 'object' || error === null) return []
    const { pointer, detail } = error as { pointer?: unknown; detail?: unknown }
    if (typeof detail !== 'string') return []
    return [{ field: typeof pointer === 'string' ? fieldOf(pointer) : '', detail }]
  })
}

/** Each place of what was sent that does not fit, and why. */
export function Misfits({ problem }: { problem: Problem }) {
  const misfits = misfitsOf(problem)
  if (misfits.length === 0) return null
  return (
    <ul className="mt-1 flex flex-col gap-0.5 break-words text-quiet">
      {misfits.map(({ field, detail }) => (
        <li key={`${field}:${detail}`}>
          {field ? <span className="text-text">{field}: </span> : null}
          <Coded text={detail} />
        </li>
      ))}
    </ul>
  )
}
