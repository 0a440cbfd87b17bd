import { render, renderHook, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import PageError from '@/app/error'
import { useHash } from '@/session'

test.each([
  ['#%E0%A4%A', '%E0%A4%A'],
  ['#a%20b', 'a b'],
])('the address part %s reads as %s', (hash, read) => {
  history.replaceState(null, '', hash)

  expect(renderHook(() => useHash()).result.current).toBe(read)
})

test('a page that broke says what to do and gives its details', () => {
  render(<PageError error={new Error('no such thing')} />)

  expect(screen.getByRole('heading', { name: 'This page broke' })).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Reload' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Back home' })).toHaveAttribute('href', '/')
  expect(screen.getByRole('button', { name: 'Copy details' })).toBeInTheDocument()
})
