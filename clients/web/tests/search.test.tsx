import type { Hit } from '@samoey/api'
import { render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { Search } from '@/features/knowledge'
import { groupByFile } from '@/features/knowledge/groups'
import { Results } from '@/features/knowledge/Results'
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
