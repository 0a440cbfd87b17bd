import { connect } from '@samoey/api'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { AddDialog } from '@/features/repositories/AddDialog'
import { show } from './house'

vi.mock('@/session', async () => (await import('./house')).session)

test('where a part of a repository was named, the whole one is one click away', async () => {
  const problem = {
    type: '/problems/folder-inside-repository',
    title: 'This folder is a part of a git repository.',
    status: 422,
    root: '/srv/team',
    include: ['/src/'],
  }
  const sent: unknown[] = []
  connect({
    baseUrl: 'http://samoey.test',
    fetch: async (request) => {
      sent.push(await request.json())
      return Response.json(problem, { status: 422 })
    },
  })
  show(<AddDialog onDone={() => undefined} />)
  await userEvent.type(screen.getByRole('textbox', { name: /Git URL/ }), '/srv/team/src{Enter}')

  await userEvent.click(await screen.findByRole('button', { name: 'Take /srv/team' }))
  await userEvent.click(screen.getByRole('button', { name: 'Add repository' }))

  expect(sent.at(-1)).toMatchObject({ source: '/srv/team', include: ['/src/'] })
})
