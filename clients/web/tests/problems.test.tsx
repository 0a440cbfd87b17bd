import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { ProblemPanel } from '@/ui/problem'

test('a problem lists each field that does not fit, in plain words', () => {
  const error = {
    type: '/problems/invalid-request',
    title: 'Some of what you sent does not fit.',
    status: 422,
    errors: [
      { pointer: '/body/sync_minutes', detail: 'Input should be at least 5' },
      { pointer: '/body/include/0', detail: 'This is not a path pattern.' },
      'rubbish',
    ],
  }
  render(<ProblemPanel error={error} />)

  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'Sync minutes: Input should be at least 5',
    'Include 1: This is not a path pattern.',
  ])
})

test('what one types stands as code in a problem', () => {
  const detail = 'Check that `samoey up` is running.'
  render(<ProblemPanel error={{ type: '', title: 'No answer', status: 0, detail }} />)

  expect(screen.getByText('samoey up', { selector: 'code' })).toBeInTheDocument()
  expect(screen.queryByRole('list')).toBeNull()
})
