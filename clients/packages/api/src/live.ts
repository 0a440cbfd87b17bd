import { type LiveMessage, parseLive } from './live-messages'

const SIGNED_OUT = 4401
const TOO_SLOW = 4408
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

export type LiveState = 'connecting' | 'open' | 'waiting' | 'signed-out'

/** The part of a WebSocket that is used here, so that a test can hand in its own. */
export interface Socket {
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LiveOptions {
  open: () => Socket
  /** Renew the session after the server closed it; false means that one must sign in again. */
  renew: () => Promise<boolean>
  /** The wait before attempt `n`; a random part keeps a thousand clients from coming at once. */
  wait?: (attempt: number) => number
}

type Listener = (message: LiveMessage) => void

function backoff(attempt: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)
  return ceiling / 2 + Math.random() * (ceiling / 2)
}

/** One connection for the whole app: watches audiences, comes back by itself, misses nothing. */
export class LiveClient {
  state: LiveState = 'waiting'
  private socket: Socket | null = null
  private attempts = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private stopped = true
  private readonly watched = new Map<string, { readers: number; seq: number | null }>()
  private readonly listeners = new Set<Listener>()
  private readonly onState = new Set<(state: LiveState) => void>()

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.open()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.drop()
    this.tell('waiting')
  }

  /** Come back now instead of after the wait: the network returned, or the page woke up. */
  hurry(): void {
    if (this.stopped || this.state !== 'waiting') return
    clearTimeout(this.timer)
    this.open()
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  listenState(listener: (state: LiveState) => void): () => void {
    this.onState.add(listener)
    return () => this.onState.delete(listener)
  }

  /** Receive what concerns `audience`, first all that is newer than `after`. */
  watch(audience: string, after: number | null = null): () => void {
    const held = this.watched.get(audience)
    if (held) held.readers += 1
    else {
      this.watched.set(audience, { readers: 1, seq: after })
      this.ask(audience)
    }
    return () => this.unwatch(audience)
  }

  /** Ask for what was missed in `audience`, such as pieces that never came. */
  resume(audience: string): void {
    if (this.watched.has(audience)) this.ask(audience)
  }

  typing(conversationId: string): void {
    this.say({ type: 'typing', conversation_id: conversationId })
  }

  private unwatch(audience: string): void {
    const held = this.watched.get(audience)
    if (!held) return
    held.readers -= 1
    if (held.readers > 0) return
    this.watched.delete(audience)
    this.say({ type: 'unwatch', audience })
  }

  private ask(audience: string): void {
    const seq = this.watched.get(audience)?.seq ?? null
    this.say({ type: 'watch', audience, ...(seq === null ? {} : { after: seq }) })
  }

  private say(message: object): void {
    if (this.state === 'open') this.socket?.send(JSON.stringify(message))
  }

  private open(): void {
    this.tell('connecting')
    const socket = this.options.open()
    this.socket = socket
    socket.onopen = () => {
      this.attempts = 0
      this.tell('open')
      for (const audience of this.watched.keys()) this.ask(audience)
    }
    socket.onmessage = ({ data }) => this.receive(data)
    socket.onclose = ({ code }) => void this.closed(code)
  }

  private receive(data: unknown): void {
    const message = typeof data === 'string' ? parseLive(data) : null
    if (!message) return
    if (message.type === 'event' && !this.isNews(message.audience, message.seq ?? null)) return
    if (message.type === 'watching') this.caughtUp(message.audience, message.seq ?? null)
    for (const listener of this.listeners) listener(message)
  }

  /** Where the count begins when nothing was named: what is older was read over REST. */
  private caughtUp(audience: string, seq: number | null): void {
    const held = this.watched.get(audience)
    if (held && held.seq === null) held.seq = seq
  }

  /** Each number passes once; a hole in the numbers asks for what is between. */
  private isNews(audience: string, seq: number | null): boolean {
    const held = this.watched.get(audience)
    if (!held || seq === null) return true
    const last = held.seq
    if (last !== null && seq <= last) return false
    if (last !== null && seq > last + 1 && audience.startsWith('conversation:')) {
      this.ask(audience)
      return false
    }
    held.seq = seq
    return true
  }

  private async closed(code: number): Promise<void> {
    this.drop()
    if (this.stopped) return
    this.tell('waiting')
    if (code === SIGNED_OUT && !(await this.options.renew())) {
      this.stopped = true
      this.tell('signed-out')
      return
    }
    if (this.stopped) return
    const wait = code === TOO_SLOW ? 0 : (this.options.wait ?? backoff)(this.attempts)
    this.attempts += 1
    this.timer = setTimeout(() => this.open(), wait)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private tell(state: LiveState): void {
    this.state = state
    for (const listener of this.onState) listener(state)
  }
}

/** The page's own server, at `/live`; the session cookie goes along by itself. */
export function openLive(): Socket {
  const address = new URL('/live', location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  return new WebSocket(address) as unknown as Socket
}
