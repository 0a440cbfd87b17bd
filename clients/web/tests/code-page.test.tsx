import { connect } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { Code } from '@/features/repositories'
import { TooltipScope } from '@/ui/tooltip'

const address = vi.hoisted(() => ({ params: new URLSearchParams() }))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined }),
  useSearchParams: () => address.params,
}))

type Answers = Record<string, { status?: number; body: unknown }>

const missing = { status: 404, body: { type: '/problems/x', title: 'Not there', status: 404 } }

/** A server of our own that answers by the last step of the path, `tree:src` for a folder. */
function serve(answers: Answers): void {
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url)
      const step = pathname.split('/').pop() ?? ''
      const path = searchParams.get('path')
      const { status = 200, body } = answers[path ? `${step}:${path}` : step] ?? missing
      return Response.json(body, { status })
    },
  })
}

function open(search: string): void {
  address.params = new URLSearchParams(search)
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={queries}>
      <TooltipScope>
        <Code />
      </TooltipScope>
    </QueryClientProvider>,
  )
}

beforeEach(() => history.replaceState(null, '', '/code/'))

test.each([
  [422, 'There is no such repository'],
  [404, 'This repository was deleted or you may not see it'],
])('a repository that is answered with %d: %s', async (status, says) => {
  serve({ xyz: { status, body: { type: '/problems/x', title: 'No', status } } })
  open('repo=xyz')

  expect(await screen.findByRole('heading', { name: says })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})
