'use client'

import { identity, type User, type Workspace, workspaces } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use } from 'react'
import { ProblemPanel } from '@/ui/problem'
import { useLiveConnection } from './live'
import { useOnePerson } from './person'

export interface Session {
  user: User
  workspace: Workspace
}

const SessionContext = createContext<Session | null>(null)

/** Who is here, and in which workspace. Only inside the gate. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession stands outside the SessionGate')
  return session
}

function Connected({ user, workspace, children }: Session & { children: ReactNode }) {
  useLiveConnection(workspace.id)
  useOnePerson(user.id)
  return children
}

interface GateProps {
  waiting: ReactNode
  children: ReactNode
}

/** Lets through who is signed in; the client leads everyone else to the sign-in page. */
export function SessionGate({ waiting, children }: GateProps) {
  const me = useQuery(identity.me())
  const teams = useQuery({ ...workspaces.list(), enabled: me.isSuccess })
  const error = me.error ?? teams.error
  const workspace = teams.data?.[0]

  if (me.data && workspace) {
    const session = { user: me.data, workspace }
    return (
      <SessionContext value={session}>
        <Connected {...session}>{children}</Connected>
      </SessionContext>
    )
  }
  if (error || (teams.isSuccess && !workspace)) {
    const nowhere = { type: '', title: 'You belong to no workspace here', status: 403 }
    return (
      <main className="mx-auto max-w-lg p-6 pt-24">
        <ProblemPanel
          error={error ?? { ...nowhere, detail: 'Ask an owner for a new invitation.' }}
          retry={() => void (me.isError ? me.refetch() : teams.refetch())}
        />
      </main>
    )
  }
  return waiting
}
