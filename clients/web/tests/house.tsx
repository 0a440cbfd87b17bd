import { connect, type Role } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { TooltipScope } from '@/ui/tooltip'

/** Who looks at the page, and at which address; tests of pages mock `@/session` with it. */
export const here: { role: Role; params: URLSearchParams; gone: string[] } = {
  role: 'owner',
  params: new URLSearchParams(),
  gone: [],
}

export const navigation = {
  useRouter: () => ({
    push: (href: string) => here.gone.push(href),
    replace: (href: string) => here.gone.push(href),
  }),
  usePathname: () => '/',
  useSearchParams: () => here.params,
}

export const session = {
  useSession: () => ({
    user: { id: 'u', name: 'Vera' },
    workspace: { id: 'w', name: 'Home', role: here.role },
  }),
  useLiveMessages: () => undefined,
}

export const people = [
  { user_id: 'u', name: 'Vera', role: 'viewer', kind: 'person' },
  { user_id: 'a', name: 'Ada', role: 'owner', kind: 'person' },
  { user_id: 'o', name: 'local', role: 'owner', kind: 'operator' },
]

/** A server of our own that answers by the last step of the path; a 404 for all other steps. */
export function serve(answers: Record<string, unknown>): void {
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      const step = new URL(request.url).pathname.split('/').pop() ?? ''
      const missing = { type: '/problems/x', title: 'Not there', status: 404 }
      return step in answers
        ? Response.json(answers[step])
        : Response.json(missing, { status: 404 })
    },
  })
}

export function show(page: ReactNode): void {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={queries}>
      <TooltipScope>{page}</TooltipScope>
    </QueryClientProvider>,
  )
}
