import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asProblem, connect, identity, ProblemError, repositories } from '../src'

const ORIGIN = 'http://samoey.test'

interface Answer {
  status: number
  body?: unknown
}

/** A server of our own: it answers by path and remembers what it was asked. */
function serve(answer: (path: string, request: Request) => Answer) {
  const asked: string[] = []
  let lost = 0
  connect({
    baseUrl: ORIGIN,
    signedOut: () => {
      lost += 1
    },
    fetch: async (request) => {
      const path = new URL(request.url).pathname
      asked.push(`${request.method} ${path}`)
      await Promise.resolve()
      const { status, body } = answer(path, request)
      return new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: {
          'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
        },
      })
    },
  })
  return { asked, lost: () => lost }
}

const ENDED = {
  status: 401,
  body: { type: '/problems/session-ended', title: 'Ended', status: 401 },
}
const run = <T>(query: { queryFn?: unknown }) =>
  (query.queryFn as (context: object) => Promise<T>)({})

const RENEWAL = 'POST /api/v1/identity/session/refresh'

describe('a session that has run out', () => {
  let good = false
  beforeEach(() => {
    good = false
  })

  test('is renewed once for all calls that noticed it, and each call is sent again', async () => {
    const server = serve((path) => {
      if (path.endsWith('/refresh')) {
        good = true
        return { status: 200, body: {} }
      }
      return good ? { status: 200, body: [] } : ENDED
    })

    const answers = await Promise.all([
      run(repositories.list('w')),
      run(identity.keys()),
      run(identity.sessions()),
    ])

    expect(answers).toEqual([[], [], []])
    expect(server.asked.filter((line) => line === RENEWAL)).toHaveLength(1)
    expect(server.lost()).toBe(0)
  })

  test('leads to the sign-in page when it cannot be renewed', async () => {
    const server = serve(() => ENDED)

    await expect(run(identity.me())).rejects.toMatchObject({ problem: { status: 401 } })

    expect(server.lost()).toBe(1)
    expect(server.asked).toEqual(['GET /api/v1/identity/me', RENEWAL])
  })

  test('sends a body again that was already read', async () => {
    const bodies: string[] = []
    connect({
      baseUrl: ORIGIN,
      fetch: async (request) => {
        if (request.url.endsWith('/refresh')) {
          good = true
          return Response.json({})
        }
        bodies.push(await request.text())
        return good ? Response.json({}) : Response.json(ENDED.body, { status: 401 })
      },
    })

    await identity.change({ name: 'Ada' })

    expect(bodies).toEqual(['{"name":"Ada"}', '{"name":"Ada"}'])
  })
})

describe('a refusal', () => {
  test('of a password is an answer, not a lost session', async () => {
    const body = { type: '/problems/wrong-credentials', title: 'Wrong', status: 401, detail: 'No.' }
    const server = serve(() => ({ status: 401, body }))

    const error = await identity.signIn('ada@example.com', 'x').catch((one: unknown) => one)

    expect(error).toBeInstanceOf(ProblemError)
    expect((error as ProblemError).is('wrong-credentials')).toBe(true)
    expect((error as ProblemError).message).toBe('No.')
    expect(server.asked).toHaveLength(1)
    expect(server.lost()).toBe(0)
  })

  test('without a problem body is told by its status', async () => {
    serve(() => ({ status: 503 }))

    await expect(run(identity.me())).rejects.toMatchObject({ problem: { status: 503 } })
  })
})

describe('a server that cannot be reached', () => {
  afterEach(() => connect({ fetch: (request) => fetch(request) }))

  test('is told as a problem that says what to do', async () => {
    connect({
      baseUrl: ORIGIN,
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    })

    const error = await run(identity.me()).catch((one: unknown) => one)

    expect(asProblem(error)).toMatchObject({ status: 0, title: 'The server cannot be reached' })
  })
})
