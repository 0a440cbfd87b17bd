import { connect } from '@samoey/api'
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test } from 'vitest'
import { send } from '@/features/chat/ask'
import { useDrafts } from '@/features/chat/drafts'
import { makeMessage } from './make'

const outbox = () => useDrafts.getState().outbox
const sending = { key: 'k1', text: 'How?' }

beforeEach(() => useDrafts.setState({ texts: {}, outbox: {} }))

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
}

const kept = () =>
  (JSON.parse(localStorage.getItem('samoey.drafts') ?? '{}') as { state?: Kept }).state

/** What another tab writes, with or without its news reaching this one. */
function otherTab(change: Partial<Kept>, heard = true) {
  const state = { texts: {}, outbox: {}, ...kept(), ...change }
  const newValue = JSON.stringify({ state, version: 1 })
  localStorage.setItem('samoey.drafts', newValue)
  if (heard) dispatchEvent(new StorageEvent('storage', { key: 'samoey.drafts', newValue }))
}

test('typing in one tab keeps what was typed in another, even before it was heard of', () => {
  otherTab({ texts: { one: 'theirs' }, outbox: { one: [sending] } }, false)

  useDrafts.getState().write('two', 'mine')

  expect(kept()).toEqual({ texts: { one: 'theirs', two: 'mine' }, outbox: { one: [sending] } })
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
