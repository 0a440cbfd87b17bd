'use client'

import { cn } from './cn'
import type { Pair } from './line-pairs'

interface NumberedPair extends Pair {
  changed: boolean
  leftNumber: number | null
  rightNumber: number | null
}

function numbered(pairs: Pair[], start: number | null): NumberedPair[] {
  let [left, right] = [start ?? 1, start ?? 1]
  return pairs.map((pair) => ({
    ...pair,
    changed: pair.left !== pair.right,
    leftNumber: pair.left === null || start === null ? null : left++,
    rightNumber: pair.right === null || start === null ? null : right++,
  }))
}

interface CellProps {
  text: string | null
  number: number | null
  sign: '−' | '+' | ''
}

const TONE = { '−': 'bg-bad/10', '+': 'bg-good/10', '': '' }

/** A line of one side; its sign stands beside the colour. */
function Cell({ text, number, sign }: CellProps) {
  return (
    <div className={cn('flex min-w-0', text === null ? 'bg-wash max-wide:hidden' : TONE[sign])}>
      <span aria-hidden className="w-10 shrink-0 pr-2 text-right text-quiet nums select-none">
        {number}
      </span>
      <span className="w-4 shrink-0 text-quiet select-none">{text === null ? '' : sign}</span>
      <span className="min-w-0 grow wrap-anywhere whitespace-pre-wrap">{text}</span>
    </div>
  )
}

function Row({ left, right, changed, leftNumber, rightNumber }: NumberedPair) {
  return (
    <div className="grid wide:grid-cols-2 wide:gap-x-2">
      <Cell text={left} number={leftNumber} sign={changed ? '−' : ''} />
      {/* One below the other a line that stays is said once. */}
      <div className={cn('min-w-0', changed ? '' : 'max-wide:hidden')}>
        <Cell text={right} number={rightNumber} sign={changed ? '+' : ''} />
      </div>
    </div>
  )
}

interface ComparisonProps {
  pairs: Pair[]
  /** The number of the first line on the left, where it is known. */
  start: number | null
}

/** Two texts line by line: side by side where there is room. */
export function Comparison({ pairs, start }: ComparisonProps) {
  return (
    <div role="region" aria-label="Comparison" tabIndex={0} className="code-lines overflow-x-auto">
      {numbered(pairs, start).map((pair, at) => (
        <Row key={at} {...pair} />
      ))}
    </div>
  )
}
