import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema'

const SESSION = '/api/v1/identity/session'

export interface Connection {
  /** Where the server is; empty means the page's own origin. */
  baseUrl: string
  fetch: (request: Request) => Promise<Response>
  /** What to do once the session cannot be renewed. */
  signedOut: () => void
}

const connection: Connection = {
  baseUrl: '',
  fetch: (request) => globalThis.fetch(request),
  signedOut: () => undefined,
}

/** Tell the client where it runs and what a lost session means there. */
export function connect(changes: Partial<Connection>): void {
  Object.assign(connection, changes)
}

let renewal: Promise<boolean> | null = null

async function askForRenewal(origin: string): Promise<boolean> {
  const request = new Request(`${origin}${SESSION}/refresh`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  try {
    return (await connection.fetch(request)).ok
  } catch {
    return false
  }
}

/** Renew the session once, however many calls noticed at the same time that it had ended. */
export function renewSession(
  origin: string = connection.baseUrl || location.origin,
): Promise<boolean> {
  renewal ??= askForRenewal(origin).finally(() => {
    renewal = null
  })
  return renewal
}

/** Signing in answers 401 for a wrong password: that is an answer, not a lost session. */
function opensASession(request: Request): boolean {
  const { pathname } = new URL(request.url)
  if (pathname === SESSION || pathname.startsWith(`${SESSION}/`)) return true
  return pathname.includes('/workspaces/setup') || pathname.includes('/workspaces/invitations/')
}

/** Send a request; when the session has run out, renew it and send the same request again. */
export async function send(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await connection.fetch(request)
  if (response.status !== 401 || opensASession(request)) return response
  if (await renewSession(new URL(request.url).origin)) return connection.fetch(again)
  connection.signedOut()
  return response
}

let client: { baseUrl: string; calls: Client<paths> } | null = null

/** The typed door to the server: a wrong path or body does not compile. */
export function api(): Client<paths> {
  const baseUrl = connection.baseUrl || globalThis.location?.origin || 'http://localhost'
  if (client?.baseUrl !== baseUrl) {
    client = { baseUrl, calls: createClient<paths>({ baseUrl, fetch: send }) }
  }
  return client.calls
}
