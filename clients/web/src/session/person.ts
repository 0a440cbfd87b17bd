'use client'

import { useEffect } from 'react'
import { goToSignIn, PERSON } from './sign-in'

/** All tabs share one session: when somebody else signs in or out in another, this one follows. */
export function useOnePerson(userId: string): void {
  useEffect(() => {
    localStorage.setItem(PERSON, userId)
    const hear = ({ key, newValue }: StorageEvent) => {
      if (key !== PERSON || newValue === userId) return
      if (newValue === null) goToSignIn()
      else location.reload()
    }
    addEventListener('storage', hear)
    return () => removeEventListener('storage', hear)
  }, [userId])
}
