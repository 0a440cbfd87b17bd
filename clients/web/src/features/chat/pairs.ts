import type { Citation } from '@samoey/api'
import { type Pair, pairsOf, pairsOfPatch } from '@/ui/line-pairs'

export interface Comparison {
  pairs: Pair[]
  /** The number of the first line on the left, where it is known. */
  start: number | null
}

function withoutMargins(text: string): string {
  return text.replace(/\s+$/gm, '').trim()
}

/** A line that two texts hardly share by chance. */
function tells({ left, right }: Pair): boolean {
  return left === right && left !== null && left.trim().length > 3
}

/** A block mostly shows a part of what it changes: what stands around that part is left out. */
function part(pairs: Pair[], start: number): Comparison {
  const begin = pairs.findIndex(({ right }) => right !== null)
  const end = pairs.findLastIndex(({ right }) => right !== null)
  return { pairs: pairs.slice(begin, end + 1), start: start + begin }
}

/** What a block of an answer can be compared with: a patch with itself, a draft with its source. */
export function comparison(
  code: string,
  language: string | null,
  citation: Citation | undefined,
): Comparison | null {
  if (language === 'diff' || language === 'patch') return { pairs: pairsOfPatch(code), start: null }
  // What only repeats the cited lines has nothing to compare.
  if (!citation || withoutMargins(citation.text).includes(withoutMargins(code))) return null
  const pairs = pairsOf(citation.text, code)
  return pairs?.some(tells) ? part(pairs, citation.start) : null
}
