import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveClient, type LiveMessage, type Socket } from '../src'

const AUDIENCE = 'conversation:c'

/** A server's end of the wire: it opens, says things, hangs up, and keeps what it was told. */
class FakeServer {
  readonly sockets: (Socket & { told: Record<string, unknown>[]; closed: boolean })[] = []

  readonly open = (): Socket => {
    const socket = {
      told: [] as Record<string, unknown>[],
      closed: false,
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text: string) => socket.told.push(JSON.parse(text) as Record<string, unknown>),
      close: () => {
        socket.closed = true
      },
    }
    this.sockets.push(socket)
    return socket
  }

  get latest() {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('nobody came')
    return socket
  }

  accept(): void {
    this.latest.onopen?.()
  }

  say(message: object): void {
    this.latest.onmessage?.({ data: JSON.stringify(message) })
  }

  hangUp(code: number): void {
    this.latest.onclose?.({ code })
  }
}

const event = (seq: number) => ({
  type: 'event',
  audience: AUDIENCE,
  seq,
  name: 'chat.message_posted',
  data: {},
})

let server: FakeServer
let client: LiveClient
let heard: LiveMessage[]
let renewed: boolean

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  renewed = true
  client = new LiveClient({
    open: server.open,
    renew: () => Promise.resolve(renewed),
    wait: (attempt) => 100 * (attempt + 1),
  })
  heard = []
  client.listen((message) => heard.push(message))
  client.start()
})

afterEach(() => {
  client.stop()
  vi.useRealTimers()
})

const numbers = () => heard.flatMap((message) => (message.type === 'event' ? [message.seq] : []))

test('what is watched before the line is open is asked for as soon as it is', () => {
  client.watch(AUDIENCE, 4)
  server.accept()

  expect(server.latest.told).toEqual([{ type: 'watch', audience: AUDIENCE, after: 4 }])
})

test('a line that comes back asks for what is newer than the last number it saw', async () => {
  client.watch(AUDIENCE, 4)
  server.accept()
  server.say(event(5))
  server.say(event(6))

  server.hangUp(1006)
  expect(client.state).toBe('waiting')
  await vi.advanceTimersByTimeAsync(100)
  server.accept()

  expect(server.sockets).toHaveLength(2)
  expect(server.latest.told).toEqual([{ type: 'watch', audience: AUDIENCE, after: 6 }])
})

test('each number is told once, whatever is sent twice', () => {
  client.watch(AUDIENCE, 0)
  server.accept()
  for (const seq of [1, 2, 2, 1, 3]) server.say(event(seq))

  expect(numbers()).toEqual([1, 2, 3])
})

test('a hole in the numbers asks for what is between instead of passing over it', () => {
  client.watch(AUDIENCE, 1)
  server.accept()
  server.say(event(4))

  expect(numbers()).toEqual([])
  expect(server.latest.told.at(-1)).toEqual({ type: 'watch', audience: AUDIENCE, after: 1 })

  for (const seq of [2, 3, 4]) server.say(event(seq))
  expect(numbers()).toEqual([2, 3, 4])
})

test('a reader that was too slow comes back at once', async () => {
  server.accept()
  server.hangUp(4408)
  await vi.advanceTimersByTimeAsync(0)

  expect(server.sockets).toHaveLength(2)
})

test('after a sign-out elsewhere nothing is tried again', async () => {
  renewed = false
  server.accept()
  server.hangUp(4401)
  await vi.advanceTimersByTimeAsync(60_000)

  expect(client.state).toBe('signed-out')
  expect(server.sockets).toHaveLength(1)
})

test('a session that can be renewed opens the line anew', async () => {
  server.accept()
  server.hangUp(4401)
  await vi.advanceTimersByTimeAsync(100)

  expect(server.sockets).toHaveLength(2)
})

test('the waits grow while nobody answers', async () => {
  server.hangUp(1006)
  await vi.advanceTimersByTimeAsync(100)
  server.hangUp(1006)
  await vi.advanceTimersByTimeAsync(150)
  expect(server.sockets).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(50)
  expect(server.sockets).toHaveLength(3)
})

test('two readers of one audience share it; the last one to go ends it', () => {
  server.accept()
  const first = client.watch(AUDIENCE, 0)
  const second = client.watch(AUDIENCE, 0)
  first()
  expect(server.latest.told).toHaveLength(1)
  second()
  expect(server.latest.told.at(-1)).toEqual({ type: 'unwatch', audience: AUDIENCE })
})

test('what this client does not know is passed over', () => {
  server.accept()
  server.say({ type: 'something newer' })
  server.latest.onmessage?.({ data: 'not json' })
  server.say({
    type: 'progress',
    audience: 'workspace:w',
    repository_id: 'r',
    stage: 'fetching',
    done: 1,
    total: 2,
  })

  expect(heard.map((message) => message.type)).toEqual(['progress'])
})
