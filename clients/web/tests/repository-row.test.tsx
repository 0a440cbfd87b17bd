import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { RepositoryRow } from '@/features/repositories/RepositoryRow'
import { TooltipScope } from '@/ui/tooltip'
import { makeIndex, makeRepository } from './make'

test('a row names its repository in its menu and explains its counts', () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipScope>
        <RepositoryRow
          repository={makeRepository()}
          index={makeIndex({ windowed: 268, skipped: 3 })}
          mayChange
        />
      </TooltipScope>
    </QueryClientProvider>,
  )

  expect(screen.getByRole('button', { name: 'More for service' })).toBeInTheDocument()
  expect(screen.getByText('268 by lines').title).toMatch(/windows of lines/)
  expect(screen.getByText('3 skipped').title).toMatch(/^Binary files/)
})
