import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { useDrafts } from '@/features/chat/drafts'
import { OnItsWay } from '@/features/chat/Messages'

vi.mock('@/session', () => ({ useSession: () => ({ user: { id: 'u', name: 'Ada' } }) }))

beforeEach(() => useDrafts.setState({ texts: {}, outbox: {} }))

function show(status: number) {
  const sending = { key: 'k', text: 'How?', problem: { type: '', title: 'Not taken', status } }
  useDrafts.getState().put('c', sending)
  render(
    <QueryClientProvider client={new QueryClient()}>
      <OnItsWay sending={sending} conversationId="c" />
    </QueryClientProvider>,
  )
}

test('a question that was not sent can be edited: it goes back into the box', async () => {
  useDrafts.getState().write('c', 'more')
  show(413)

  await userEvent.click(screen.getByRole('button', { name: 'Edit' }))

  expect(useDrafts.getState()).toMatchObject({ texts: { c: 'How?\n\nmore' }, outbox: {} })
})

test.each([0, 401, 408, 429, 503])('after %i the question may be tried again', (status) => {
  show(status)
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument()
})

test.each([404, 413, 422])('after %i trying again is not offered: it cannot help', (status) => {
  show(status)
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})
