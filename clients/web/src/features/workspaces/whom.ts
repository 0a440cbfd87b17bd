'use client'

import { atLeast, workspaces } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '@/session'

const NAMED = 3

/** Who gives roles and adds repositories, by name; an admin, while nobody is known. */
export function useWhomToAsk(): string {
  const { workspace } = useSession()
  const members = useQuery(workspaces.members(workspace.id)).data ?? []
  const names = members
    .filter(({ role, kind }) => kind === 'person' && atLeast(role, 'admin'))
    .map(({ name }) => name)
  return names.slice(0, NAMED).join(' or ') || 'an admin'
}
