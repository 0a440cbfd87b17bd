import type { components } from './schema'

/** What the server says when it refuses: RFC 9457. */
export interface Problem {
  type: string
  title: string
  status: number
  detail?: string | null
  [extra: string]: unknown
}

export type Schemas = components['schemas']

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ProblemError'
  }

  is(slug: string): boolean {
    return this.problem.type.endsWith(`/${slug}`)
  }
}

const UNREACHABLE: Problem = {
  type: '/problems/unreachable',
  title: 'The server cannot be reached',
  status: 0,
  detail: 'Check that `samoey up` is running and that this machine can reach it, then try again.',
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value && 'status' in value
}

function isTimeout(error: unknown): error is Error {
  return error instanceof Error && error.name === 'TimeoutError'
}

/** Any failure, told as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (isProblem(error)) return error
  if (error instanceof TypeError || isTimeout(error)) {
    return { ...UNREACHABLE, cause: error.message }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return {
    type: '/problems/unexpected',
    title: 'Something unexpected happened',
    status: 500,
    detail,
  }
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Resolve to the data, or throw the problem. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (error) {
    throw new ProblemError(asProblem(error))
  }
  if (answer.response.ok) return answer.data as T
  if (isProblem(answer.error)) throw new ProblemError(answer.error)
  const { status, statusText } = answer.response
  const title = statusText || `The server answered ${status}`
  throw new ProblemError({ type: '/problems/unexpected', title, status, detail: null })
}
