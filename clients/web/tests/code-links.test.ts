import { describe, expect, test } from 'vitest'
import { codeLink, parseLines, readPeek, withoutPeek, withPeek } from '@/features/repositories'
import { targetOf } from '@/features/repositories/links'
import { safeNext } from '@/session'

describe('lines in an address', () => {
  test.each([
    ['L10-L20', { start: 10, end: 20 }],
    ['L10-20', { start: 10, end: 20 }],
    ['L20-L10', { start: 10, end: 20 }],
    ['L7', { start: 7, end: 7 }],
    ['L0', null],
    ['7', null],
    ['L7-Lx', null],
    ['', null],
    [null, null],
  ])('%s', (hash, range) => {
    expect(parseLines(hash)).toEqual(range)
  })
})

test('an address of code says repository, commit, path and lines, whatever the path holds', () => {
  const link = codeLink({
    repo: 'r1',
    at: 'abc',
    path: 'docs/a b&c#d.txt',
    lines: { start: 3, end: 9 },
  })

  const url = new URL(link, 'http://samoey.test')
  expect(url.pathname).toBe('/code/')
  expect(url.searchParams.get('path')).toBe('docs/a b&c#d.txt')
  expect(url.searchParams.get('at')).toBe('abc')
  expect(url.hash).toBe('#L3-L9')
})

test('code beside a conversation can be put into its address, read back and taken away', () => {
  const place = { repo: 'r', at: 'abc', path: 'a.py', lines: { start: 1, end: 4 } }
  const shown = withPeek(new URLSearchParams('id=c1'), place)

  expect(shown.get('id')).toBe('c1')
  expect(readPeek(shown)).toEqual(place)
  expect(withoutPeek(shown).toString()).toBe('id=c1')
  expect(readPeek(withoutPeek(shown))).toBeNull()
})

test.each([
  ['/code/?repo=r#L1', '/code/?repo=r#L1'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['https://evil.test', '/'],
  [null, '/'],
])('after signing in %s leads to %s', (next, where) => {
  expect(safeNext(next)).toBe(where)
})

test.each([
  ['docs/link', '../src/app.py', 'src/app.py'],
  ['docs/link', './guide.md', 'docs/guide.md'],
  ['link', 'src/', 'src'],
  ['docs/link', '..', ''],
  ['docs/link', '../../elsewhere', null],
  ['link', '/etc/passwd', null],
])('the symbolic link %s to %s leads to %s', (link, target, where) => {
  expect(targetOf(link, target)).toBe(where)
})
