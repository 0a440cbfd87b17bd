import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { AskBox } from '@/features/chat/AskBox'
import { useDrafts } from '@/features/chat/drafts'

beforeEach(() => useDrafts.setState({ texts: {}, outbox: {} }))

function show(busy = false) {
  const asked: string[] = []
  render(<AskBox draft="c1" placeholder="Ask…" busy={busy} onAsk={(text) => asked.push(text)} />)
  return { asked, box: screen.getByRole('textbox', { name: 'Question' }) }
}

test('Enter asks, Shift and Enter makes a new line', async () => {
  const { asked, box } = show()

  await userEvent.type(box, 'one{Shift>}{Enter}{/Shift}two{Enter}')

  expect(asked).toEqual(['one\ntwo'])
})

test('nothing is asked while there is nothing, or while the last question is on its way', async () => {
  const { asked, box } = show(true)

  await userEvent.type(box, '  {Enter}words{Enter}')

  expect(asked).toEqual([])
  expect(screen.getByRole('button', { name: 'Ask' })).toBeDisabled()
})

test('what was typed is still there after the page was left, and belongs to its conversation', async () => {
  const { box } = show()
  await userEvent.type(box, 'half a thought')

  expect(useDrafts.getState().texts).toEqual({ c1: 'half a thought' })
  const kept = JSON.parse(localStorage.getItem('samoey.drafts') ?? '{}') as { state?: unknown }
  expect(kept.state).toMatchObject({ texts: { c1: 'half a thought' } })
})

test('a question over the limit says by how many bytes, and stays in the box', async () => {
  useDrafts.setState({ texts: { c1: 'ü'.repeat(16_005) } })
  const { asked, box } = show()

  await userEvent.type(box, '{Enter}')

  expect(screen.getByText('Too long by 10 bytes')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Ask' })).toBeDisabled()
  expect(asked).toEqual([])
  expect(useDrafts.getState().texts.c1).toHaveLength(16_005)
})

test('a question of exactly the limit is asked', async () => {
  useDrafts.setState({ texts: { c1: 'x'.repeat(32_000) } })
  const { asked, box } = show()

  await userEvent.type(box, '{Enter}')

  expect(asked).toHaveLength(1)
})
