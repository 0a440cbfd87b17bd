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
