import { z } from 'zod'
import { api } from './client'
import { asProblem, ProblemError, type Schemas, unwrap } from './problems'

const Event = z.object({
  text: z.string().default(''),
  end: z
    .object({
      model: z.string().nullable(),
      first_ms: z.number().nullable(),
      ms: z.number(),
      prompt_tokens: z.number().nullable(),
      completion_tokens: z.number().nullable(),
    })
    .nullish(),
  problem: z.record(z.string(), z.unknown()).nullish(),
})

export type PlaygroundEvent = z.infer<typeof Event>
export type PlaygroundEnd = NonNullable<PlaygroundEvent['end']>

const BROKE_OFF = {
  type: '/problems/broke-off',
  title: 'The answer broke off',
  status: 502,
  detail: 'The connection to the server ended before the answer did. Ask again.',
}

/** The data of each event that a stream of server-sent events holds, however its bytes are cut. */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.pipeThrough(new TextDecoderStream() as never).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = (await reader.read()) as ReadableStreamReadResult<string>
      if (done) return
      const parts = (rest + value).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) yield part.replace(/^data: /, '')
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

/** Ask one model directly: its text in pieces, then how it went. Throws why it did not. */
export async function* askPlayground(
  body: Schemas['PlaygroundAsk'],
  signal: AbortSignal,
): AsyncGenerator<PlaygroundEvent> {
  const call = api().POST('/api/v1/models/playground', { body, signal, parseAs: 'stream' })
  const stream = (await unwrap<unknown>(call)) as ReadableStream<Uint8Array>
  for await (const data of eventsOf(stream)) {
    const event = Event.parse(JSON.parse(data))
    if (event.problem) throw new ProblemError(asProblem(event.problem))
    yield event
    if (event.end) return
  }
  throw new ProblemError(BROKE_OFF)
}
