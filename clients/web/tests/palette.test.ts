import { House } from 'lucide-react'
import { expect, test } from 'vitest'
import { type CommandItem, grouped, matching } from '@/frame/commands'

const item = (id: string, label: string): CommandItem => ({
  id,
  label,
  group: 'Go to',
  sign: House,
  run: () => undefined,
})

const items = [
  item('a', 'Open settings'),
  item('b', 'Settings'),
  item('c', 'Members'),
  item('search', 'Search code for “set”'),
]

test('what begins with the words stands first, and searching code is always offered last', () => {
  expect(matching(items, 'set').map((one) => one.id)).toEqual(['b', 'a', 'search'])
})

test('every word has to be there, in any order', () => {
  expect(matching(items, 'settings open').map((one) => one.id)).toEqual(['a', 'search'])
})

test('with nothing typed all stand in their own order', () => {
  expect(matching(items.slice(0, 3), '').map((one) => one.id)).toEqual(['a', 'b', 'c'])
})

test('what fits stands under its headings, the group of the best one first', () => {
  const mixed = [
    { ...item('r', 'retry'), group: 'Repositories' as const },
    item('a', 'Retries'),
    { ...item('s', 'retry-service'), group: 'Repositories' as const },
  ]

  expect(grouped(mixed).map(({ group, items }) => [group, items.map(({ id }) => id)])).toEqual([
    ['Repositories', ['r', 's']],
    ['Go to', ['a']],
  ])
})
