import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { Home } from '@/features/home'
import { here, people, serve, show } from './house'
import { makeIndex, makeRepository } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)
vi.mock('@/session', async (original) => ({
  ...(await original<object>()),
  ...(await import('./house')).session,
}))

function home(...repositories: ReturnType<typeof makeRepository>[]) {
  Object.assign(here, { role: 'member', params: new URLSearchParams(), gone: [] })
  const indexes = repositories.map(({ id }) => makeIndex({ repository_id: id }))
  serve({ repositories, indexes, members: people, conversations: [], models: [] })
  show(<Home />)
}

async function offered(): Promise<(string | null)[]> {
  await userEvent.click(screen.getByRole('combobox', { name: 'Where to look' }))
  return screen.getAllByRole('option').map((option) => option.textContent)
}

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined
  Element.prototype.hasPointerCapture = () => false
})

test('repositories of one name are told apart by their branches, others are not', async () => {
  home(
    makeRepository({ id: 'a', branch: null, default_branch: 'main' }),
    makeRepository({ id: 'b', branch: 'next' }),
    makeRepository({ id: 'c', name: 'other' }),
  )

  expect(await screen.findByRole('link', { name: /^service main/ })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: /^service next/ })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: /^other\s*100 passages/ })).toBeInTheDocument()
  expect(await offered()).toEqual(['All repositories', 'service (main)', 'service (next)', 'other'])
})

test('repositories of one name and one branch are told apart by their sources', async () => {
  home(
    makeRepository({ id: 'a', source: 'https://git.example.com/one.git' }),
    makeRepository({ id: 'b', source: 'https://git.example.com/two.git' }),
  )

  await screen.findAllByRole('link', { name: /^service / })
  expect(await offered()).toEqual([
    'All repositories',
    'service (https://git.example.com/one.git)',
    'service (https://git.example.com/two.git)',
  ])
})
