import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { ConversationList } from '@/features/chat/ConversationList'
import { Home } from '@/features/home'
import { Repositories } from '@/features/repositories'
import { keysFor } from '@/frame/keys'
import { Palette } from '@/frame/Palette'
import { usePalette } from '@/frame/palette-store'
import { here, people, serve, show } from './house'
import { makeIndex, makeRepository } from './make'

vi.mock('next/navigation', async () => (await import('./house')).navigation)
vi.mock('@/session', async (original) => ({
  ...(await original<object>()),
  ...(await import('./house')).session,
}))

const house = {
  repositories: [makeRepository()],
  indexes: [makeIndex()],
  members: people,
  conversations: [],
  models: [],
}

beforeEach(() => {
  Object.assign(here, { role: 'viewer', params: new URLSearchParams(), gone: [] })
  serve(house)
})

test('a viewer begins with a search, and is told what they may do and whom to ask for more', async () => {
  show(<Home />)

  expect(await screen.findByText(/ask Ada for the role “member”/)).toBeInTheDocument()
  expect(screen.queryByRole('textbox', { name: 'Question' })).toBeNull()
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search code' }), 'a b{Enter}')
  expect(here.gone).toEqual(['/search/?q=a+b'])
})

test.each(['viewer', 'member'] as const)(
  'a link to adding a repository tells a %s who does that',
  async (role) => {
    Object.assign(here, { role, params: new URLSearchParams('add=1') })
    show(<Repositories />)

    const dialog = await screen.findByRole('dialog', { name: 'Only admins add repositories' })
    expect(dialog).toHaveAccessibleDescription(new RegExp(`You are a ${role} here. Ask`))
    await userEvent.click(screen.getByRole('button', { name: 'Back to the repositories' }))
    expect(here.gone).toEqual(['/repositories/'])
  },
)

test('without any code a viewer is told who adds it', async () => {
  serve({ ...house, repositories: [] })
  show(<Repositories />)

  expect(await screen.findByText(/Ask Ada to add one/)).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Add a repository' })).toBeNull()
})

test('what asks and adds is not offered to a viewer', async () => {
  usePalette.getState().show()
  show(
    <>
      <ConversationList id={null} />
      <Palette />
    </>,
  )

  expect(await screen.findByText('Nobody has shared a conversation yet.')).toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'New conversation', hidden: true })).toBeNull()
  const offered = screen.getAllByRole('option').map((option) => option.textContent)
  expect(offered).not.toContain('New conversation')
  expect(offered).not.toContain('Add a repository')
  expect(keysFor(false).map(([keys]) => keys)).not.toContain('c')
  expect(keysFor(true).map(([keys]) => keys)).toContain('c')
})
