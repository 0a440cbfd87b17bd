import { connect, type Model } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import { AskBox } from '@/features/chat/AskBox'
import { openDrafts, useDrafts } from '@/features/chat/drafts'

beforeEach(() => {
  openDrafts('nobody')
  openDrafts('ada')
})

const EXTRACTIVE = makeModel({ id: 'extractive', provider: 'builtin' })

function makeModel(part: Partial<Model>): Model {
  return { id: 'm', provider: 'openai', connected: true, is_default: false, detail: '', ...part }
}

interface Server {
  limit?: number
  models?: Model[]
}

/** A box of a server that says how much it takes, and which models answer. */
function show(busy = false, { limit = 32_000, models = [EXTRACTIVE] }: Server = {}) {
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async ({ url }) =>
      Response.json(url.endsWith('/limits') ? { message_max_bytes: limit } : models),
  })
  const asked: string[] = []
  const chosen: (string | undefined)[] = []
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AskBox
        draft="c1"
        placeholder="Ask…"
        busy={busy}
        onAsk={(text, model) => {
          asked.push(text)
          chosen.push(model)
        }}
      />
    </QueryClientProvider>,
  )
  return { asked, chosen, box: screen.getByRole('textbox', { name: 'Question' }) }
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
  const kept = JSON.parse(localStorage.getItem('samoey.drafts.ada') ?? '{}') as { state?: unknown }
  expect(kept.state).toMatchObject({ texts: { c1: 'half a thought' } })
})

test('a question over the limit of this server says by how many bytes, and stays in the box', async () => {
  useDrafts.setState({ texts: { c1: 'ü'.repeat(55) } })
  const { asked, box } = show(false, { limit: 100 })

  expect(await screen.findByText('Too long by 10 bytes')).toBeInTheDocument()
  await userEvent.type(box, '{Enter}')

  expect(screen.getByRole('button', { name: 'Ask' })).toBeDisabled()
  expect(asked).toEqual([])
  expect(useDrafts.getState().texts.c1).toHaveLength(55)
})

test('a question of exactly the limit is asked', async () => {
  useDrafts.setState({ texts: { c1: 'x'.repeat(32_000) } })
  const { asked, box } = show()

  await userEvent.type(box, '{Enter}')

  expect(asked).toHaveLength(1)
})

test('with one model there is nothing to choose', async () => {
  const { asked, box } = show()

  await userEvent.type(box, 'How?{Enter}')

  expect(asked).toEqual(['How?'])
  expect(screen.queryByRole('combobox', { name: 'Model' })).toBeNull()
})

const LARGE = makeModel({ id: 'openai:large', is_default: true })
const GONE = makeModel({ id: 'openai:gone', connected: false })

test('of several models one is chosen, remembered for its conversation', async () => {
  const { chosen, box } = show(false, { models: [LARGE, EXTRACTIVE, GONE] })
  expect(await screen.findByRole('combobox', { name: 'Model' })).toHaveTextContent('large')

  useDrafts.getState().choose('c1', 'extractive')
  expect(await screen.findByText('Passages only')).toBeInTheDocument()
  await userEvent.type(box, 'How?{Enter}')

  expect(chosen).toEqual(['extractive'])
  expect(useDrafts.getState().models).toEqual({ c1: 'extractive' })
})

test('a model that answers no more gives way to the default', async () => {
  useDrafts.getState().choose('c1', 'openai:gone')
  const { chosen, box } = show(false, { models: [LARGE, EXTRACTIVE, GONE] })
  await screen.findByRole('combobox', { name: 'Model' })

  await userEvent.type(box, 'How?{Enter}')

  expect(chosen).toEqual([undefined])
})
