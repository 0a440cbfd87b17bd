import { expect, test } from 'vitest'
import { addPiece, hasGap, type Piece, type Stream } from '../src'

const base = { type: 'piece', conversation_id: 'c', message_id: 'm' } as const

const text = (attempt: number, index: number, words: string): Piece => ({
  ...base,
  attempt,
  index,
  kind: 'text',
  text: words,
})

const all = (...pieces: Piece[]): Stream | undefined =>
  pieces.reduce<Stream | undefined>((stream, piece) => addPiece(stream, piece), undefined)

test('pieces stand in the order of their index, however they came', () => {
  const stream = all(text(1, 0, 'a'), text(1, 2, 'c'), text(1, 1, 'b'), text(1, 3, 'd'))

  expect(stream?.text).toBe('abcd')
  expect(stream && hasGap(stream)).toBe(false)
})

test('a piece that comes twice is shown once', () => {
  expect(all(text(1, 0, 'a'), text(1, 1, 'b'), text(1, 0, 'a'), text(1, 1, 'b'))?.text).toBe('ab')
})

test('a higher attempt replaces what is on screen and a lower one is too late', () => {
  expect(all(text(1, 0, 'old'), text(2, 0, 'new'), text(1, 1, 'er'))?.text).toBe('new')
})

test('a gap is known until it is filled', () => {
  const stream = all(text(1, 0, 'a'), text(1, 2, 'c'))

  expect(stream?.text).toBe('a')
  expect(stream && hasGap(stream)).toBe(true)
})

test('citations, the stage and the end are kept beside the words', () => {
  const citation = {
    number: 1,
    repository_id: 'r',
    repository_name: 'flask',
    path: 'app.py',
    start: 1,
    end: 2,
    commit: 'c',
    symbol: null,
    text: 'x',
  }
  const stream = all(
    { ...base, attempt: 1, index: 0, kind: 'status', stage: 'searching' },
    { ...base, attempt: 1, index: 1, kind: 'citation', citation },
    text(1, 2, 'see [^1]'),
    { ...base, attempt: 1, index: 3, kind: 'end', status: 'done' },
  )

  expect(stream).toMatchObject({ stage: 'searching', citations: [citation], ended: true })
})
