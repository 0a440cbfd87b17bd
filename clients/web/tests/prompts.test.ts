import type { Arm, ArmFigures } from '@samoey/api'
import { expect, test } from 'vitest'
import { sharesMisfit, sharesOf, verdict } from '@/features/models/prompts'
import { valuesFor, variablesOf } from '@/features/models/Variables'

const arm = (id: string, number: number | null): Arm => ({
  id,
  number,
  name: number === null ? 'Built-in' : 'Brief',
  share: 50,
  version_id: number === null ? null : 'v',
})
const figures = (armId: string, part: Partial<ArmFigures> = {}): ArmFigures => ({
  arm_id: armId,
  answers: 0,
  failed: 0,
  up: 0,
  down: 0,
  liked: null,
  cost_micro: 0,
  p50_ms: null,
  p95_ms: null,
  first_ms: null,
  ...part,
})
const liked = (low: number, high: number) => ({ share: (low + high) / 2, low, high })
const ARMS = [arm('a', null), arm('b', 3)]

test('no arm is called better while too few answers of one are rated', () => {
  const told = verdict(ARMS, [
    figures('a', { up: 40, liked: liked(0.9, 1) }),
    figures('b', { up: 4, down: 3 }),
  ])

  expect(told).toBe('Too few ratings to compare: each takes 20; Brief v3 has 7.')
  expect(verdict(ARMS, [])).toContain('Built-in has 0, Brief v3 has 0')
})

test('an arm is called better only where its range lies above all others', () => {
  const above = [figures('a', { liked: liked(0.3, 0.5) }), figures('b', { liked: liked(0.6, 0.8) })]
  const over = [figures('a', { liked: liked(0.3, 0.7) }), figures('b', { liked: liked(0.6, 0.8) })]

  expect(verdict(ARMS, above)).toContain('by Brief v3 good more often')
  expect(verdict(ARMS, over)).toContain('no difference')
  expect(verdict([arm('a', null)], [figures('a')])).toBe('')
})

test('shares are whole numbers that come to a hundred, of versions that are there once', () => {
  const shares = (...all: [string, string][]) =>
    sharesMisfit(all.map(([value, share]) => ({ value, share })))

  expect(shares(['a', '80'], ['b', '20'])).toBeNull()
  expect(shares(['a', '80'], ['b', '30'])).toBe('The shares come to 110, not to 100.')
  expect(shares(['a', '99.5'], ['b', '0.5'])).toContain('whole number')
  expect(shares(['a', '100'], ['b', '0'])).toContain('whole number')
  expect(shares(['a', '50'], ['a', '50'])).toBe('A version is there twice.')
})

test('where nobody decided, what is built in answers all', () => {
  const traffic = { workspace_id: 'w', version: 0, running: null, earlier: [] }

  expect(sharesOf(traffic)).toEqual([{ value: 'built-in', share: '100' }])
})

test('variables are found as the server finds them', () => {
  const text = '{{ b }} {{a}} {{b}} \\{{c}} {d} {{E}} {{f g}}'

  expect(variablesOf(text)).toEqual(['b', 'a'])
  expect(valuesFor(['a', 'b'], { a: 'x', z: 'y' })).toEqual({ a: 'x', b: '' })
})
