'use client'

import { useEffect } from 'react'

/** Name the tab after what it shows, the nearest thing first. */
export function useTitle(parts: readonly (string | undefined)[]): void {
  const title = [...parts, 'Samoey Copilot'].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
