'use client'

import { useState } from 'react'
import { type Asked, addressOf } from './asked'

const MOST = 20

/** Kept on this device, under the name of whoever searched: nobody else is shown them. */
function nameFor(userId: string): string {
  return `samoey.searches.${userId}`
}

function isAsked(value: unknown): value is Asked {
  return typeof value === 'object' && value !== null && 'q' in value && typeof value.q === 'string'
}

function read(userId: string): Asked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameFor(userId)) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isAsked) : []
  } catch {
    return []
  }
}

/** Put a search before the others; the same one, or what was typed on the way to it, goes. */
export function withSearch(kept: readonly Asked[], asked: Asked): Asked[] {
  const place = addressOf({ ...asked, q: '' })
  const others = kept.filter(
    (one) => addressOf({ ...one, q: '' }) !== place || !asked.q.startsWith(one.q),
  )
  return [asked, ...others].slice(0, MOST)
}

/** The searches that somebody made last on this device. */
export function useRecent(userId: string) {
  const [kept, setKept] = useState(() => read(userId))
  const put = (next: Asked[]) => {
    setKept(next)
    try {
      localStorage.setItem(nameFor(userId), JSON.stringify(next))
    } catch {
      // A full or forbidden store: they are known until the page is left.
    }
  }
  return {
    kept,
    remember: (asked: Asked) => put(withSearch(read(userId), asked)),
    forget: () => put([]),
  }
}
