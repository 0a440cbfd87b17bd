import { expect, test } from 'vitest'
import { pairsOf, pairsOfPatch } from '@/ui/line-pairs'

const signs = (pairs: { left: string | null; right: string | null }[] | null) =>
  pairs?.map(({ left, right }) => `${left ?? ''}|${right ?? ''}`)

test('lines that both have stand side by side, changed ones beside each other', () => {
  expect(signs(pairsOf('a\nb\nc\n', 'a\nB\nc\nd'))).toEqual(['a|a', 'b|B', 'c|c', '|d'])
})

test('what was removed has nothing beside it', () => {
  expect(signs(pairsOf('a\nb\nc', 'c'))).toEqual(['a|', 'b|', 'c|c'])
})

test('texts that are too long for it are not compared', () => {
  expect(pairsOf('a\n'.repeat(3_000), 'b\n'.repeat(3_000))).toBeNull()
})

test('a patch is read without its heads', () => {
  const patch = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n'

  expect(signs(pairsOfPatch(patch))).toEqual([
    '@@ -1,2 +1,2 @@|@@ -1,2 +1,2 @@',
    'same|same',
    'old|new',
  ])
})
