import { afterEach, expect, test } from 'vitest'
import { connect } from '../src/client'
import { askPlayground, eventsOf } from '../src/playground'
import { ProblemError } from '../src/problems'

const END = { model: 'm', first_ms: 3, ms: 5, prompt_tokens: null, completion_tokens: 2 }
const ASK = { workspace_id: 'w', model: 'm', prompt: 'Hello?' }

function cut(text: string, at: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, at))
      controller.enqueue(bytes.slice(at))
      controller.close()
    },
  })
}

const said = (...events: object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

function answer(text: string): void {
  connect({
    baseUrl: 'http://samoey.test',
    fetch: () => Promise.resolve(new Response(text, { status: 200 })),
  })
}

async function heard(): Promise<string> {
  let text = ''
  for await (const event of askPlayground(ASK, new AbortController().signal)) text += event.text
  return text
}

afterEach(() => connect({ baseUrl: '', fetch: (request) => globalThis.fetch(request) }))

test('events mean the same wherever their bytes are cut', async () => {
  const text = said({ text: 'naïve ' }, { text: '“yes”' }, { end: END })
  const length = new TextEncoder().encode(text).length
  for (let at = 0; at <= length; at += 1) {
    const events: string[] = []
    for await (const data of eventsOf(cut(text, at))) events.push(data)
    expect(events.map((data) => JSON.parse(data) as object)).toEqual([
      { text: 'naïve ' },
      { text: '“yes”' },
      { end: END },
    ])
  }
})

test('an answer ends where it says so', async () => {
  answer(said({ text: 'forty' }, { text: '-two' }, { end: END }))
  expect(await heard()).toBe('forty-two')
})

test('a problem in the middle of an answer is thrown', async () => {
  answer(said({ text: 'for' }, { problem: { type: '/problems/x', title: 'Gone', status: 502 } }))
  await expect(heard()).rejects.toThrow('Gone')
})

test('an answer that ends before its end is a problem', async () => {
  answer(said({ text: 'for' }))
  await expect(heard()).rejects.toBeInstanceOf(ProblemError)
})
