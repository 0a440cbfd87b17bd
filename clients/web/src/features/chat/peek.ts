'use client'

import type { Citation } from '@samoey/api'
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'
import { readPeek, withPeek } from '@/features/repositories'

interface Spot {
  repository_id: string
  commit: string
  path: string
  start: number
  end: number
}

export type PeekLink = (spot: Spot) => string

/** Makes addresses that show code beside what is on the page now. */
export function usePeekLink(): PeekLink {
  const pathname = usePathname()
  const search = useSearchParams().toString()
  return useCallback(
    ({ repository_id, commit, path, start, end }) => {
      const place = { repo: repository_id, at: commit, path, lines: { start, end } }
      return `${pathname}?${withPeek(new URLSearchParams(search), place)}`
    },
    [pathname, search],
  )
}

/** The number of the citation that is open beside the answer. */
export function useOpenCitation(citations: Citation[]): number | null {
  const peek = readPeek(useSearchParams())
  if (!peek) return null
  const found = citations.find(
    ({ repository_id, path, commit, start, end }) =>
      repository_id === peek.repo &&
      path === peek.path &&
      commit === peek.at &&
      start === peek.lines?.start &&
      end === peek.lines.end,
  )
  return found?.number ?? null
}
