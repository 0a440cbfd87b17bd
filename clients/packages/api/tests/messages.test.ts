import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { chat, connect, mergeMessages, type Message, type MessagePages, refresh } from '../src'

function message(number: number, part: Partial<Message> = {}): Message {
  return {
    id: `m${number}`,
    conversation_id: 'c',
    number,
    role: 'person',
    author: null,
    text: '',
    citations: [],
    outline: [],
    context_tokens: null,
    dropped_citations: 0,
    model: null,
    notes: [],
    status: 'done',
    problem: null,
    answers: null,
    attempt: 1,
    rating: null,
    created_at: '2026-01-01T00:00:00Z',
    ...part,
  }
}

const pagesOf = (...pages: Message[][]): MessagePages => ({
  pages,
  pageParams: pages.map((_, at) => (at === 0 ? null : at)),
})

const texts = (pages: MessagePages | undefined) =>
  pages?.pages.map((page) => page.map((one) => `${one.number}${one.text}`))

test('new messages join the newest page and changed ones keep their place', () => {
  const held = pagesOf([message(3), message(4)], [message(1), message(2)])

  const merged = mergeMessages(held, [message(5), message(2, { text: '!' })])

  expect(texts(merged)).toEqual([
    ['3', '4', '5'],
    ['1', '2!'],
  ])
})

test('messages older than what is loaded wait for their own page', () => {
  expect(texts(mergeMessages(pagesOf([message(7)]), [message(2)]))).toEqual([['7']])
})

test('an event fetches from the oldest unfinished answer on, and many events make few fetches', async () => {
  const asked: string[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      asked.push(new URL(request.url).searchParams.get('after') ?? '')
      await new Promise((resolve) => setTimeout(resolve, 5))
      return Response.json([message(2, { text: 'done' }), message(3)])
    },
  })
  const queries = new QueryClient()
  const { queryKey } = chat.messages('c')
  queries.setQueryData(queryKey, pagesOf([message(1), message(2, { status: 'writing' })]))
  const event = {
    type: 'event' as const,
    audience: 'conversation:c',
    name: 'chat.message_answered',
    data: {},
  }

  for (let times = 0; times < 5; times += 1) refresh(queries, event)
  await new Promise((resolve) => setTimeout(resolve, 40))

  expect(asked).toEqual(['1', '3'])
  expect(texts(queries.getQueryData(queryKey))).toEqual([['1', '2done', '3']])
})

test('a retry of an older answer fetches from that answer on', async () => {
  const asked: string[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      asked.push(new URL(request.url).searchParams.get('after') ?? '')
      return Response.json([message(2, { status: 'waiting', attempt: 2 })])
    },
  })
  const queries = new QueryClient()
  const { queryKey } = chat.messages('c')
  queries.setQueryData(queryKey, pagesOf([message(1), message(2), message(3), message(4)]))

  refresh(queries, {
    type: 'event',
    audience: 'conversation:c',
    name: 'chat.answer_retried',
    data: { message_id: 'm2' },
  })
  await new Promise((resolve) => setTimeout(resolve, 10))

  expect(asked).toEqual(['1'])
})

test('an event of another room refreshes the queries that begin with its name', () => {
  const queries = new QueryClient()
  for (const room of ['repositories', 'knowledge', 'workspaces']) queries.setQueryData([room], [])

  refresh(queries, {
    type: 'event',
    audience: 'workspace:w',
    name: 'repositories.commit_fetched',
    data: {},
  })

  const stale = (room: string) => queries.getQueryState([room])?.isInvalidated
  expect([stale('repositories'), stale('knowledge'), stale('workspaces')]).toEqual([
    true,
    true,
    false,
  ])
})

test('what happens while the first page is on its way is fetched after it', async () => {
  const asked: (string | null)[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      const after = new URL(request.url).searchParams.get('after')
      asked.push(after)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return Response.json([message(1), message(2, { status: after ? 'done' : 'writing' })])
    },
  })
  const queries = new QueryClient()
  const shown = new InfiniteQueryObserver(queries, chat.messages('c'))
  const hide = shown.subscribe(() => undefined)

  refresh(queries, {
    type: 'event',
    audience: 'conversation:c',
    seq: 3,
    name: 'chat.message_answered',
    data: { number: 2, message_id: 'm2' },
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  hide()

  expect(asked).toEqual([null, '1'])
  expect(shown.getCurrentResult().data?.pages[0]?.at(-1)?.status).toBe('done')
})
