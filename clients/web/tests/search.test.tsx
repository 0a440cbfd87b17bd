import type { Hit } from '@samoey/api'
import { render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { Search } from '@/features/knowledge'
import { addressOf, type Asked, readAsked } from '@/features/knowledge/asked'
import { countedLines } from '@/features/knowledge/Found'
import { groupByFile } from '@/features/knowledge/groups'
import { withSearch } from '@/features/knowledge/recent'
import { Results } from '@/features/knowledge/Results'
import { inUnits } from '@/features/knowledge/units'
import { Parts } from '@/features/knowledge/Why'
import { Highlight } from '@/ui/highlight'
import { here, people, serve, show } from './house'
import { makeIndex, makeRepository } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)
vi.mock('@/session', async (original) => ({
  ...(await original<object>()),
  ...(await import('./house')).session,
}))

beforeEach(() => {
  Object.assign(here, { role: 'owner', params: new URLSearchParams('q=letters') })
})

function makeHit(part: Partial<Hit> = {}): Hit {
  return {
    repository_id: 'r',
    repository_name: 'service',
    path: 'a.py',
    start: 1,
    end: 2,
    commit: 'c'.repeat(40),
    symbol: null,
    kind: 'function',
    language: 'python',
    score: 1,
    text: 'def retry():\n    pass',
    ...part,
  }
}

test('files and the hits in them stand in the order in which they fit', () => {
  const files = groupByFile([
    makeHit({ path: 'b.py', start: 30 }),
    makeHit({ path: 'a.py' }),
    makeHit({ path: 'b.py', start: 4 }),
  ])

  expect(files.map((file) => [file.path, file.hits.map((hit) => hit.start)])).toEqual([
    ['b.py', [30, 4]],
    ['a.py', [1]],
  ])
})

test('a result shows the lines around the word, marks it, and leads to its lines and commit', () => {
  const text = Array.from({ length: 40 }, (_, at) => (at === 30 ? 'call retry()' : `line ${at}`))
  render(
    <Results hits={[makeHit({ start: 100, end: 139, text: text.join('\n') })]} query="retry" />,
  )

  expect(screen.getByText('retry', { selector: 'mark' })).toBeInTheDocument()
  expect(screen.queryByText(/line 3$/)).toBeNull()
  expect(screen.getByRole('link').getAttribute('href')).toMatch(/at=c{40}&path=a\.py#L100-L139$/)
})

test('words of a query that mean something in a pattern are only words', () => {
  render(
    <Results hits={[makeHit({ text: 'std::vector<int> v(' })]} query="std::vector<int> AND (" />,
  )

  expect(screen.getAllByText(/std|vector|int/, { selector: 'mark' }).length).toBeGreaterThan(2)
})

const nothing = { query: 'letters', hits: [], took_ms: 1.5 }

test('where nothing is connected a search offers to add a repository, and counts nothing', async () => {
  serve({ repositories: [], indexes: [], members: people, search: nothing })
  show(<Search />)

  expect(await screen.findByRole('link', { name: 'Add a repository' })).toBeInTheDocument()
  expect(screen.queryByText(/Nothing found/)).toBeNull()
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
})

test.each([
  [{ state: 'running' }, 'The repositories are still being read.', 'See how far it is'],
  [{ state: 'failed' }, 'None of the repositories could be read.', 'See why'],
] as const)('with an index that is %j: %s', async (part, says, act) => {
  const indexes = [makeIndex({ ...part, snapshot_commit: null })]
  serve({ repositories: [makeRepository()], indexes, members: people, search: nothing })
  show(<Search />)

  expect(await screen.findByText(new RegExp(says))).toBeInTheDocument()
  expect(screen.getByRole('link', { name: act })).toHaveAttribute(
    'href',
    expect.stringMatching(/^\/repositories\/?$/),
  )
})

test('where something is indexed, nothing found is said to be so', async () => {
  serve({ repositories: [makeRepository()], indexes: [makeIndex()], search: nothing })
  show(<Search />)

  expect(await screen.findByRole('heading', { name: 'Nothing found' })).toBeInTheDocument()
})

test('an address says how one searches, and says nothing of what is usual', () => {
  const asked = readAsked(new URLSearchParams('q=a b&way=regex&case=1&repo=r'))

  expect(asked).toMatchObject({ q: 'a b', way: 'regex', matchCase: true, word: false })
  expect(readAsked(new URL(addressOf(asked), 'http://x').searchParams)).toEqual(asked)
  expect(addressOf({ ...asked, way: 'words' })).toBe('/search/?q=a+b&repo=r')
  expect(readAsked(new URLSearchParams('way=magic')).way).toBe('words')
})

test('a search takes the place of its own beginnings and of itself', () => {
  const one = (q: string, part: Partial<Asked> = {}) => ({
    ...readAsked(new URLSearchParams({ q })),
    ...part,
  })

  const kept = withSearch([one('ret'), one('other'), one('retry', { path: 'a' })], one('retry'))

  expect(kept.map(({ q, path }) => [q, path])).toEqual([
    ['retry', ''],
    ['other', ''],
    ['retry', 'a'],
  ])
  expect(withSearch(kept, one('retry', { way: 'regex' }))).toHaveLength(4)
  const many = Array.from({ length: 40 }, (_, at) => one(`${at} query`))
  expect(many.reduce<Asked[]>(withSearch, [])).toHaveLength(20)
})

test('places are counted in characters by the server and marked where they stand', () => {
  expect(inUnits('a🚀retry', [[2, 7]])).toEqual([[3, 8]])
  render(<Highlight code={'x = "a🚀retry"'} language="python" ranges={[[1, 9]]} />)

  const marks = screen.getAllByText(/./, { selector: 'mark' }).map(({ textContent }) => textContent)
  expect(marks.join('')).toBe(' = "a🚀r')
})

test('lines are counted in words that say whether all were', () => {
  const totals = { hits: 1, files: 1, repositories: 1 }
  expect(countedLines({ ...totals, exact: true }, 2)).toBe('1 line in 1 file, 2.0 ms')
  expect(countedLines({ ...totals, hits: 5, files: 2, exact: false }, 2)).toBe(
    'at least 5 lines in 2 files, 2.0 ms',
  )
})

test('the parts of a score stand as bars to both sides of nothing', () => {
  const parts = { words: 1.5, meaning: 0, prior: -0.75, base: 2, named: 0 }
  render(<Parts why={{ words: 3, meaning: null, stepped_back: ['test'], parts }} />)

  expect(screen.getByText('Its words fit')).toBeInTheDocument()
  expect(screen.getByText('-0.75')).toBeInTheDocument()
  expect(screen.queryByText('It means the same')).toBeNull()
  expect(screen.queryByText('2.00')).toBeNull()
})
