'use client'

import { useEffect, useEffectEvent } from 'react'

/** Close with `Esc` what lies on top; whoever used the key before says so by preventing it. */
export function useEscape(act: () => void): void {
  const escaped = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    act()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => escaped(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
}
