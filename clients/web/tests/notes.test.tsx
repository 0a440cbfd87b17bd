import { connect } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { Notes } from '@/features/chat/Notes'
import { makeCitation, makeIndex, makeMessage, makeRepository } from './make'

let role = 'admin'
vi.mock('next/navigation', () => ({}))
vi.mock('@/session', () => ({
  useSession: () => ({ user: { id: 'u', name: 'Ada' }, workspace: { id: 'w', role } }),
}))

const MEMBERS = [{ user_id: 'g', name: 'Grace', role: 'owner', kind: 'person' }]

/** An answer without a model, where the server has these repositories, indexes and models. */
function show({
  repositories = [],
  indexes = [],
  models = [],
  citations = [],
}: Record<string, unknown[]>) {
  const answers = { repositories, indexes, models, members: MEMBERS } as Record<string, unknown>
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async ({ url }) => {
      const name = new URL(url).pathname.split('/').at(-1) ?? ''
      return Response.json(answers[name])
    },
  })
  const message = makeMessage({ model: 'extractive', citations: citations as never })
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Notes message={message} />
    </QueryClientProvider>,
  )
}

test('an answer without any repository leads to adding one', async () => {
  role = 'admin'
  show({})

  const link = await screen.findByRole('link', { name: 'Add a repository' })
  expect(link).toHaveAttribute('href', expect.stringMatching(/^\/repositories\/?\?add=1$/))
  expect(screen.queryByRole('link', { name: 'Connect a model' })).toBeNull()
})

test('who may not add a repository is told whom to ask', async () => {
  role = 'member'
  show({})

  expect(await screen.findByText('Ask Grace to add a repository.')).toBeInTheDocument()
  expect(screen.queryByRole('link')).toBeNull()
})

test('an answer that came before anything was indexed leads to the repositories', async () => {
  show({ repositories: [makeRepository()], indexes: [makeIndex({ snapshot_commit: null })] })

  const link = await screen.findByRole('link', { name: 'See how far the repositories are' })
  expect(link).toHaveAttribute('href', expect.stringMatching(/^\/repositories\/?$/))
})

test('passages without a model lead to connecting one', async () => {
  show({ citations: [makeCitation()] })

  expect(await screen.findByRole('link', { name: 'Connect a model' })).toBeInTheDocument()
})
