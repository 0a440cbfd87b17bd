'use client'

import { useSyncExternalStore } from 'react'

const CHANGED = 'samoey:hash'

function subscribe(changed: () => void): () => void {
  const events = ['hashchange', 'popstate', CHANGED]
  for (const event of events) addEventListener(event, changed)
  return () => {
    for (const event of events) removeEventListener(event, changed)
  }
}

/** Addresses are typed and cut off by people: what is no encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What stands behind the `#` in the address; null before the page has woken up. */
export function useHash(): string | null {
  return useSyncExternalStore<string | null>(
    subscribe,
    () => decoded(location.hash.slice(1)),
    () => null,
  )
}

/** Change the part behind the `#` without a new entry in the history. */
export function replaceHash(hash: string): void {
  const { pathname, search } = location
  history.replaceState(history.state, '', pathname + search + (hash ? `#${hash}` : ''))
  dispatchEvent(new Event(CHANGED))
}
