import type { Followed } from '@samoey/api'
import { screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { Since } from '@/features/repositories/Since'
import { navigation, serve, show } from './house'
import { makeRepository } from './make'

vi.mock('next/navigation', () => navigation)

const now = 'b'.repeat(40)
const then = 'a'.repeat(40)
const repository = { ...makeRepository(), commit: now }
const range = { start: 3, end: 9 }

function open(follow: Partial<Followed>, at: string | null = then): void {
  serve({ follow: { commit: now, path: 'src/app.py', start: 5, end: 11, ...follow } })
  show(<Since repository={repository} at={at} path="src/app.py" range={range} />)
}

test('lines that moved lead to where they stand now', async () => {
  open({ state: 'moved', path: 'src/other.py' })

  const link = await screen.findByRole('link')
  expect(screen.getByRole('status')).toHaveTextContent(
    'These lines have moved since: other.py:5–11 at bbbbbbb',
  )
  const href = new URL(link.getAttribute('href') ?? '', 'http://samoey.test')
  expect(href.searchParams.get('path')).toBe('src/other.py')
  expect(href.hash).toBe('#L5-L11')
})

test('lines that are gone say so and lead nowhere', async () => {
  open({ state: 'gone', path: null, start: null, end: null })

  expect(await screen.findByRole('status')).toHaveTextContent('no longer in the newest commit')
  expect(screen.queryByRole('link')).toBeNull()
})

test.each([now, 'main', null])('at %s nobody is asked where lines went', async (at) => {
  open({ state: 'moved' }, at)

  await new Promise((done) => setTimeout(done, 20))
  expect(screen.queryByRole('status')).toBeNull()
})
