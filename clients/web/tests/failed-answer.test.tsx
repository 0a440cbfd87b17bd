import { screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { Answer } from '@/features/chat/Answer'
import { serve, show } from './house'
import { makeMessage } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)
vi.mock('@/session', async (original) => ({
  ...(await original<object>()),
  ...(await import('./house')).session,
}))

test('why an answer failed stands above the passages that were laid out instead', () => {
  serve({})
  const message = makeMessage({
    status: 'failed',
    problem: 'The model refuses the key. Check it under Models.',
    text: 'The model did not finish, so here are the passages that were found:',
  })
  show(<Answer message={message} mayAct linkTo={() => '#'} />)

  const reason = screen.getByRole('alert')
  const passages = screen.getByText(/here are the passages/)
  expect(reason).toHaveTextContent('The model refuses the key.')
  expect(reason.compareDocumentPosition(passages)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
})
