import { expect, it } from 'vitest'
import { initials } from '@/ui/avatar'

it.each([
  ['Ada Lovelace', 'AL'],
  ['  Ada King Lovelace ', 'AL'],
  ['Ada', 'A'],
  ['Ada 🚀', 'A'],
  ['🚀 ✨', '🚀'],
  ['élodie 王', 'É王'],
])('the initials of %s are %s', (name, letters) => {
  expect(initials(name)).toBe(letters)
})
