import type { AnswerContext, ContextPart } from '@samoey/api'
import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { Seen } from '@/features/chat/Seen'
import { serve, show } from './house'
import { makeMessage } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)

function part(changes: Partial<ContextPart> = {}): ContextPart {
  return {
    why: 'found',
    given: true,
    repository_id: 'r',
    repository_name: 'motor',
    commit: 'c'.repeat(40),
    path: 'app/engine.py',
    start: 10,
    end: 20,
    symbol: 'Engine',
    of: null,
    tokens: 1200,
    ...changes,
  }
}

function context(changes: Partial<AnswerContext> = {}): AnswerContext {
  return {
    model: true,
    budget: 12_000,
    rules: 460,
    history: 0,
    said: 0,
    total: 1660,
    hidden: 0,
    parts: [part()],
    ...changes,
  }
}

const ANSWER = makeMessage({ model: 'double', context_tokens: 1660 })
const seen = (message = ANSWER) =>
  show(<Seen message={message} hrefOf={({ path, start }) => `#${path}:${start}`} />)
const open = (name: RegExp) => userEvent.click(screen.getByRole('button', { name }))

test('each part is told with its lines, why it was there and its tokens, then what had no room', async () => {
  const parts = [
    part({ why: 'instructions', path: 'AGENTS.md', start: null, end: null, tokens: 40 }),
    part(),
    part({ why: 'imports', start: 3, end: 3, of: 'Engine', tokens: 9 }),
    part({ why: 'called-by', path: 'app/main.py', of: 'Engine.start', tokens: 90 }),
    part({ why: 'overview', path: null, start: null, end: null, tokens: 300 }),
    part({ given: false, path: 'app/other.py', tokens: 5000 }),
  ]
  serve({ context: context({ parts, hidden: 2, said: 1, history: 30 }) })
  seen()

  await open(/What the model saw · 1,660 tokens/)

  const given = within(await screen.findByRole('list', { name: 'What was given' }))
  expect(given.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'AGENTS.mdwhat the repository tells assistants40',
    'app/engine.py:10–20found by the search1,200',
    'app/engine.py:3imports that it uses9',
    'app/main.py:10–20calls Engine.start90',
    'motormap of the repository300',
  ])
  expect(given.getByRole('link', { name: 'AGENTS.md' })).toHaveAttribute('href', '#AGENTS.md:1')
  const left = within(screen.getByRole('list', { name: 'No room for' }))
  expect(left.getByRole('link')).toHaveAttribute('href', '#app/other.py:10')
  expect(screen.getByText(/1 earlier message: 30 tokens/)).toHaveTextContent(
    '2 parts of repositories that you cannot see now.',
  )
})

test('without a model it says what the passages were chosen from', async () => {
  serve({ context: context({ model: false, budget: null, parts: [part({ given: false })] }) })
  seen({ ...ANSWER, model: 'extractive' })

  await open(/What this was made from/)

  expect(await screen.findByRole('list', { name: 'Found, and not laid out' })).toBeVisible()
  expect(screen.queryByText(/Rules/)).toBeNull()
})

test('what cannot be read says why, and nothing is offered where nothing was kept', async () => {
  serve({})
  seen({ ...ANSWER, context_tokens: null })
  expect(screen.queryByRole('button')).toBeNull()

  seen()
  await open(/What the model saw/)

  expect(await screen.findByRole('alert')).toHaveTextContent('Not there')
})
