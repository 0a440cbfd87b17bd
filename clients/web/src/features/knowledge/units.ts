import type { Range } from '@/ui/highlight'

/** Places counted in characters, as the server counts, in the units that a string here has. */
export function inUnits(text: string, places: readonly (readonly number[])[]): Range[] {
  const ranges = places.map(([from = 0, to = 0]): Range => [from, to])
  // Only signs outside the first plane take two units.
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return ranges
  const units = [0]
  for (const sign of text) units.push((units.at(-1) ?? 0) + sign.length)
  const unit = (place: number) => units[place] ?? text.length
  return ranges.map(([from, to]): Range => [unit(from), unit(to)])
}
