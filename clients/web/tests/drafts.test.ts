import { connect } from '@samoey/api'
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test } from 'vitest'
import { openDrafts, useDrafts } from '@/features/chat/drafts'
import { resend, send } from '@/features/chat/outbox'
import { makeMessage } from './make'

const outbox = () => useDrafts.getState().outbox
const sending = { key: 'k1', text: 'How?' }

const ADA = 'samoey.drafts.ada'

beforeEach(() => {
  openDrafts('nobody')
  openDrafts('ada')
})

test('an emptied draft leaves nothing behind', () => {
  const { write } = useDrafts.getState()
  write('a', 'x')
  write('b', 'y')
  write('a', '')

  expect(useDrafts.getState().texts).toEqual({ b: 'y' })
})

test('a question leaves the outbox once the server has it', async () => {
  connect({ baseUrl: 'http://samoey.test', fetch: async () => Response.json(makeMessage()) })

  const sent = send(new QueryClient(), 'c', sending)
  expect(outbox()).toEqual({ c: [sending] })
  await sent

  expect(outbox()).toEqual({})
})

test('a question that could not be sent stays, with its problem, and keeps its key when sent again', async () => {
  const keys: unknown[] = []
  let up = false
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      keys.push(((await request.json()) as { key: unknown }).key)
      if (!up) throw new TypeError('Failed to fetch')
      return Response.json(makeMessage())
    },
  })
  const queries = new QueryClient()

  await send(queries, 'c', sending)
  expect(outbox().c?.[0]).toMatchObject({ text: 'How?', problem: { status: 0 } })

  up = true
  await send(queries, 'c', sending)
  expect(outbox()).toEqual({})
  expect(keys).toEqual(['k1', 'k1'])
})

interface Kept {
  texts: Record<string, string>
  outbox: Record<string, unknown[]>
  models: Record<string, string>
}

const kept = () => (JSON.parse(localStorage.getItem(ADA) ?? '{}') as { state?: Kept }).state

/** What another tab writes, with or without its news reaching this one. */
function otherTab(change: Partial<Kept>, heard = true) {
  const state = { texts: {}, outbox: {}, models: {}, ...kept(), ...change }
  const newValue = JSON.stringify({ state, version: 1 })
  localStorage.setItem(ADA, newValue)
  if (heard) dispatchEvent(new StorageEvent('storage', { key: ADA, newValue }))
}

test('typing in one tab keeps what was typed in another, even before it was heard of', () => {
  otherTab({ texts: { one: 'theirs' }, outbox: { one: [sending] } }, false)

  useDrafts.getState().write('two', 'mine')

  expect(kept()).toMatchObject({
    texts: { one: 'theirs', two: 'mine' },
    outbox: { one: [sending] },
  })
})

test('what another tab types or clears is followed where nothing was typed here', () => {
  otherTab({ texts: { quiet: 'theirs' } })
  expect(useDrafts.getState().texts).toEqual({ quiet: 'theirs' })

  otherTab({ texts: {} })
  expect(useDrafts.getState().texts).toEqual({})
})

test('clearing in another tab leaves what was typed here, on screen and kept', () => {
  useDrafts.getState().write('mine', 'half a thought')

  otherTab({ texts: {} })

  expect(useDrafts.getState().texts).toEqual({ mine: 'half a thought' })
  expect(kept()?.texts).toEqual({ mine: 'half a thought' })
})

test('newer words of another tab for the same conversation stay kept', () => {
  useDrafts.getState().write('same', 'older')
  otherTab({ texts: { same: 'newer' } })

  useDrafts.getState().write('other', 'x')

  expect(kept()?.texts).toEqual({ same: 'newer', other: 'x' })
})

test('a question that another tab has sent leaves the outbox here, and no other one does', () => {
  const { put } = useDrafts.getState()
  put('c', sending)
  put('c', { key: 'k2', text: 'Why?' })

  otherTab({ outbox: { c: [{ key: 'k2', text: 'Why?' }] } })

  expect(outbox()).toEqual({ c: [{ key: 'k2', text: 'Why?' }] })
})

test('what was chosen in another tab is kept beside what is chosen here', () => {
  otherTab({ models: { one: 'large' } }, false)

  useDrafts.getState().choose('two', 'small')

  expect(kept()?.models).toEqual({ one: 'large', two: 'small' })
})

test('another person neither sees nor sends what somebody wrote, who finds it again', async () => {
  const sent: string[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      sent.push(((await request.json()) as { text: string }).text)
      return Response.json(makeMessage())
    },
  })
  const { write, put } = useDrafts.getState()
  write('c', 'half a thought')
  put('c', sending)

  openDrafts('carl')
  expect(useDrafts.getState()).toMatchObject({ texts: {}, outbox: {} })
  await resend(new QueryClient())
  expect(sent).toEqual([])

  openDrafts('ada')
  expect(useDrafts.getState().texts).toEqual({ c: 'half a thought' })
  await resend(new QueryClient())
  expect(sent).toEqual(['How?'])
  expect(outbox()).toEqual({})
})

test('what waits is sent again in its order, but not what would be refused again', async () => {
  const keys: string[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      keys.push(((await request.json()) as { key: string }).key)
      return Response.json(makeMessage())
    },
  })
  const problem = (status: number) => ({ type: '', title: 'Not taken', status })
  const { put } = useDrafts.getState()
  put('c', { key: 'interrupted', text: 'One?' })
  put('c', { key: 'offline', text: 'Two?', problem: problem(0) })
  put('c', { key: 'too long', text: 'Three?', problem: problem(413) })
  put('c', { key: 'signed out', text: 'Four?', problem: problem(401) })

  await resend(new QueryClient())

  expect(keys).toEqual(['interrupted', 'offline', 'signed out'])
  expect(outbox().c?.map((one) => one.key)).toEqual(['too long'])
})

test('a question under way is not sent a second time beside it', async () => {
  let answer: (response: Response) => void = () => undefined
  let asked = 0
  connect({
    baseUrl: 'http://samoey.test',
    fetch: () => {
      asked += 1
      return new Promise((resolve) => (answer = resolve))
    },
  })
  const queries = new QueryClient()

  const first = send(queries, 'c', sending)
  await resend(queries)
  expect(asked).toBe(1)
  answer(Response.json(makeMessage()))
  await first
  expect(outbox()).toEqual({})
})

test('a question keeps the model that was chosen for it', async () => {
  const bodies: unknown[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      bodies.push(await request.json())
      throw new TypeError('Failed to fetch')
    },
  })

  await send(new QueryClient(), 'c', { ...sending, model: 'openai:small' })

  expect(bodies).toEqual([{ key: 'k1', text: 'How?', model: 'openai:small' }])
  expect(outbox().c?.[0]).toMatchObject({ model: 'openai:small', problem: { status: 0 } })
})
