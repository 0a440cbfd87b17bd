import { chat } from '@samoey/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { Answer } from '@/features/chat/Answer'
import { useToasts } from '@/ui/toast'
import { serve, show } from './house'
import { makeMessage } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)
vi.mock('@/session', async (original) => ({
  ...(await original<object>()),
  ...(await import('./house')).session,
}))

const ANSWER = makeMessage({ text: 'It starts.' })

function Held({ mayAct = true }: { mayAct?: boolean }) {
  const message = useInfiniteQuery(chat.messages('c')).data?.pages.flat()[0]
  return message ? <Answer message={message} mayAct={mayAct} linkTo={() => '#'} /> : null
}

const thumb = (name: string) => screen.findByRole('button', { name })

test('a rating shows at once, changes, and is taken back by pressing it again', async () => {
  serve({ messages: [ANSWER], rating: {} })
  show(<Held />)
  const [good, bad] = [await thumb('Good answer'), await thumb('Bad answer')]
  const pressed = () => [good, bad].map((one) => one.getAttribute('aria-pressed'))

  expect(pressed()).toEqual(['false', 'false'])
  await userEvent.click(good)
  expect(pressed()).toEqual(['true', 'false'])
  await userEvent.click(bad)
  expect(pressed()).toEqual(['false', 'true'])
  await userEvent.click(bad)
  expect(pressed()).toEqual(['false', 'false'])
})

test('a rating that was not kept is taken back and said to be', async () => {
  serve({ messages: [ANSWER] })
  show(<Held />)

  await userEvent.click(await thumb('Good answer'))

  await waitFor(() => expect(useToasts.getState().shown).toHaveLength(1))
  expect(await thumb('Good answer')).toHaveAttribute('aria-pressed', 'false')
})

test('who only reads rates nothing, and neither is an answer rated that failed', async () => {
  serve({ messages: [ANSWER] })
  show(<Held mayAct={false} />)
  await screen.findByText('It starts.')
  expect(screen.queryByRole('button', { name: 'Good answer' })).toBeNull()

  show(<Answer message={{ ...ANSWER, status: 'failed' }} mayAct linkTo={() => '#'} />)
  expect(screen.queryByRole('button', { name: 'Good answer' })).toBeNull()
})
