'use client'

import { useSyncExternalStore } from 'react'
import { PERSON } from './sign-in'

function subscribe(changed: () => void): () => void {
  addEventListener('storage', changed)
  return () => removeEventListener('storage', changed)
}

/** Whether somebody is signed in on this device, as far as the device itself knows. */
export function useSomebodyHere(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(PERSON) !== null,
    () => false,
  )
}
