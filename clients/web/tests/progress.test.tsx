import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { workOf } from '@/features/repositories'
import { noteProgress, secondsLeft } from '@/features/repositories/progress'
import { Progress } from '@/ui/progress'
import { makeIndex, makeRepository } from './make'

test('a bar tells its counts in words too', () => {
  render(<Progress label="Indexing" done={1200} total={4000} unit="files" secondsLeft={42} />)

  const bar = screen.getByRole('progressbar', { name: 'Indexing' })
  expect(bar).toHaveAttribute('aria-valuenow', '1200')
  expect(bar).toHaveAttribute('aria-valuetext', '1,200 of 4,000 files, about 42 s left')
})

test('an unknown total is counted, not guessed', () => {
  render(<Progress label="Fetching" done={0} total={0} unit="objects" />)

  expect(screen.getByText('counting…')).toBeInTheDocument()
  expect(screen.getByRole('progressbar')).not.toHaveAttribute('aria-valuenow')
})

test('the time left follows from the pace of the present stage', () => {
  const first = noteProgress(undefined, { stage: 'indexing', done: 100, total: 1000 }, 0)
  const later = noteProgress(first, { stage: 'indexing', done: 400, total: 1000 }, 3_000)

  expect(secondsLeft(first)).toBeNull()
  expect(secondsLeft(later)).toBe(6)
  expect(noteProgress(later, { stage: 'fetching', done: 0, total: 5 }, 4_000)).toMatchObject({
    since: 4_000,
    from: 0,
  })
})

test('work is fetching first, then indexing, then nothing', () => {
  const fetching = makeRepository({
    status: 'fetching',
    progress: { stage: 'fetching', done: 3, total: 9 },
  })
  const running = makeIndex({ state: 'running', files_done: 4, files_total: 8 })

  expect(workOf(fetching, undefined, undefined)).toMatchObject({ stage: 'fetching', done: 3 })
  expect(workOf(makeRepository(), running, undefined)).toMatchObject({ stage: 'indexing', done: 4 })
  expect(workOf(makeRepository(), running, { stage: 'indexing', done: 6, total: 8 })).toMatchObject(
    { done: 6 },
  )
  expect(workOf(makeRepository(), makeIndex(), undefined)).toBeNull()
})
