// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { goToSignIn, leave } from '@/session/sign-in'

const went: string[] = []

beforeEach(() => {
  went.length = 0
  const assign = (address: string) => went.push(address)
  vi.stubGlobal('location', { pathname: '/settings/', search: '', hash: '', assign })
  vi.stubGlobal('localStorage', { removeItem: () => undefined })
  vi.stubGlobal('addEventListener', () => undefined)
  return () => vi.unstubAllGlobals()
})

describe('signing out', () => {
  it('leads to the door alone, also when the page hears that the session is over', async () => {
    await leave(async () => goToSignIn())
    goToSignIn()

    expect(went).toEqual(['/sign-in/'])
  })
})

describe('signing out that fails', () => {
  it('stays where it is', async () => {
    await expect(leave(() => Promise.reject(new Error('no network')))).rejects.toThrow()

    expect(went).toEqual([])
  })

  it('leads to signing in and back when the session was over', async () => {
    const end = async () => {
      goToSignIn()
      throw new Error('401')
    }
    await expect(leave(end)).rejects.toThrow()

    expect(went).toEqual(['/sign-in/?next=%2Fsettings%2F'])
  })
})
