import { connect } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { ConversationView } from '@/features/chat/ConversationView'
import { NEW, openDrafts, useDrafts } from '@/features/chat/drafts'
import { TooltipScope } from '@/ui/tooltip'

vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => '/conversations/',
  useSearchParams: () => new URLSearchParams(),
}))
vi.mock('@/session', () => ({
  useSession: () => ({ user: { id: 'u', name: 'Ada' }, workspace: { id: 'w', role: 'member' } }),
  live: () => undefined,
}))

beforeEach(() => {
  openDrafts('nobody')
  openDrafts('ada')
})

function show(status: number) {
  const problem = { type: '/problems/x', title: 'No.', status }
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async () => Response.json(problem, { status }),
  })
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={queries}>
      <TooltipScope>
        <ConversationView id="rubbish" />
      </TooltipScope>
    </QueryClientProvider>,
  )
}

test.each([403, 404, 422])(
  'after %i it is said that there is no such conversation',
  async (status) => {
    show(status)

    expect(await screen.findByText('There is no such conversation')).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'All conversations' })).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
    expect(screen.queryByRole('link', { name: 'Ask it anew' })).toBeNull()
  },
)

test('what may pass by itself can be tried again', async () => {
  show(503)

  expect(await screen.findByRole('button', { name: 'Try again' })).toBeInTheDocument()
})

test('what was written for a conversation that is gone can be asked anew', async () => {
  useDrafts.getState().put('rubbish', { key: 'k', text: 'How?' })
  useDrafts.getState().write('rubbish', 'And why?')
  show(404)

  await userEvent.click(await screen.findByRole('link', { name: 'Ask it anew' }))

  expect(useDrafts.getState()).toMatchObject({ texts: { [NEW]: 'How?\n\nAnd why?' }, outbox: {} })
})
