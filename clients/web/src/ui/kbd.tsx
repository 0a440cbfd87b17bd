'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** True on the keyboards whose command key is ⌘. */
function useApple(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  )
}

/** Keys as they stand on the keyboard: `mod+k`, `g r`, `?`. */
export function Kbd({ keys }: { keys: string }) {
  const apple = useApple()
  return (
    <span className="inline-flex gap-1">
      {keys.split(/[+ ]/).map((key, at) => (
        <kbd
          key={at}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-[4px] border border-line-strong px-1 font-sans text-xs text-quiet"
        >
          {key === 'mod' ? (apple ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key}
        </kbd>
      ))}
    </span>
  )
}
