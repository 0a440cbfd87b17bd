import { connect } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { Code } from '@/features/repositories'
import { fitLines } from '@/features/repositories/links'
import { TooltipScope } from '@/ui/tooltip'
import { makeRepository } from './make'

const address = vi.hoisted(() => ({ params: new URLSearchParams() }))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined }),
  useSearchParams: () => address.params,
}))

vi.mock('@/features/repositories/CodeView', () => ({ default: () => null }))

type Answers = Record<string, { status?: number; body: unknown }>

const missing = { status: 404, body: { type: '/problems/x', title: 'Not there', status: 404 } }

/** A server of our own that answers by the last step of the path, `tree:src` for a folder. */
function serve(answers: Answers): void {
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url)
      const step = pathname.split('/').pop() ?? ''
      const path = searchParams.get('path')
      const { status = 200, body } = answers[path ? `${step}:${path}` : step] ?? missing
      return Response.json(body, { status })
    },
  })
}

function open(search: string): void {
  address.params = new URLSearchParams(search)
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={queries}>
      <TooltipScope>
        <Code />
      </TooltipScope>
    </QueryClientProvider>,
  )
}

beforeEach(() => history.replaceState(null, '', '/code/'))

test.each([
  [422, 'There is no such repository'],
  [404, 'This repository was deleted or you may not see it'],
])('a repository that is answered with %d: %s', async (status, says) => {
  serve({ xyz: { status, body: { type: '/problems/x', title: 'No', status } } })
  open('repo=xyz')

  expect(await screen.findByRole('heading', { name: says })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})

const commit = 'c'.repeat(40)
const src = { name: 'src', path: 'src', kind: 'folder', size: null }
const app = { name: 'app.py', path: 'src/app.py', kind: 'file', size: 6 }
const house = {
  r: { body: makeRepository() },
  branches: { body: [] },
  tree: { body: { commit, path: '', entries: [src] } },
  'tree:src': { body: { commit, path: 'src', entries: [app] } },
}

test('a folder in the address is opened in the tree and asks for a file', async () => {
  serve(house)
  open('repo=r&path=src')

  expect(
    await screen.findByRole('heading', { name: 'Choose a file' }, { timeout: 5000 }),
  ).toBeInTheDocument()
  expect(await screen.findByRole('link', { name: 'app.py' })).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'src' })).toHaveAttribute('aria-expanded', 'true')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('the way to a file leads to its folders and its repository, and names the tab', async () => {
  const text = 'a = 1\n'
  const file = { commit, path: 'src/app.py', size: 6, language: 'python', kind: 'text', text }
  serve({ ...house, 'file:src/app.py': { body: file } })
  history.replaceState(null, '', '/code/#L99999-L999999')
  open('repo=r&at=main&path=src/app.py')

  expect(await screen.findByRole('link', { name: 'src' })).toHaveAttribute(
    'href',
    expect.stringMatching(/repo=r&at=main&path=src$/),
  )
  expect(screen.getByRole('link', { name: 'service' })).toHaveAttribute(
    'href',
    expect.stringMatching(/repo=r&at=main$/),
  )
  expect(await screen.findByText(/this file has 1 line\./)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Copy link at this commit' })).toBeInTheDocument()
  expect(document.title).toBe('app.py · service · Samoey Copilot')
})

test('an unknown commit is told once, beside no other commit and no link to copy', async () => {
  serve({ r: house.r, branches: house.branches })
  open('repo=r&at=nowhere&path=src/app.py')

  expect(await screen.findAllByText('Not there')).toHaveLength(1)
  expect(screen.queryByText('ccccccc')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Copy link at this commit' })).toBeNull()
})

test.each([
  ['../app.py', 'Open app.py', /path=app\.py$/],
  ['/etc/passwd', null, null],
])('a symbolic link to %s says so and is no text', async (text, act, href) => {
  const file = { commit, path: 'src/link', size: 9, language: null, kind: 'link', text }
  serve({ ...house, 'file:src/link': { body: file } })
  open('repo=r&at=main&path=src/link')

  expect(await screen.findByRole('heading', { name: 'A symbolic link' })).toBeInTheDocument()
  expect(screen.getByText(text, { selector: 'code' })).toBeInTheDocument()
  const link = screen.queryByRole('link', { name: /^Open/ })
  if (act === null) expect(link).toBeNull()
  else expect(link).toHaveAccessibleName(act)
  if (href !== null) expect(link).toHaveAttribute('href', expect.stringMatching(href))
})

test.each([
  ['', /^Folder snapshot, /],
  [`&at=${commit}`, /^Folder snapshot, /],
  [`&at=${'d'.repeat(40)}`, /^Earlier snapshot dddddddd$/],
])('a folder has no branch: with %j its code is called %s', async (at, says) => {
  const plain = { kind: 'folder' as const, branch: null, default_branch: null }
  const folder = makeRepository({ ...plain, commit, synced_at: '2026-01-01T00:00:00Z' })
  serve({ ...house, r: { body: folder } })
  open(`repo=r${at}`)

  expect(await screen.findByText(says)).toBeInTheDocument()
  expect(screen.queryByText('now')).toBeNull()
})

test.each([
  [
    { start: 2, end: 9 },
    { start: 2, end: 3 },
  ],
  [{ start: 4, end: 9 }, null],
  [null, null],
])('of the lines %j a text of three lines has %j', (range, fits) => {
  expect(fitLines(range, 'a\nb\nc\n')).toEqual(fits)
})
