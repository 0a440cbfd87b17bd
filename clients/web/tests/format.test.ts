import { expect, test } from 'vitest'
import { ago, bytes, duration, lines, many } from '@/ui/format'

const NOW = Date.parse('2026-06-15T12:00:00Z')

test.each([
  ['2026-06-15T11:59:50Z', 'now'],
  ['2026-06-15T11:55:00Z', '5 min ago'],
  ['2026-06-15T09:00:00Z', '3 h ago'],
  ['2026-06-13T12:00:00Z', '2 days ago'],
])('%s is %s', (time, words) => {
  expect(ago(time, NOW)).toBe(words)
})

test('numbers carry their units', () => {
  expect([bytes(999), bytes(48_213), bytes(210_000_000)]).toEqual(['999 B', '48.2 kB', '210 MB'])
  expect([duration(0.2), duration(75), duration(7200)]).toEqual(['1 s', '1 min', '2 h'])
  expect([many(1, 'file'), many(12_345, 'file')]).toEqual(['1 file', '12,345 files'])
  expect([lines(4, 4), lines(4, 9)]).toEqual(['4', '4–9'])
})
