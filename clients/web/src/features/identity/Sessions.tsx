'use client'

import { identity, type OpenSession } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LogOut, Monitor, Terminal } from 'lucide-react'
import { leave } from '@/session'
import { Button, IconButton } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { SkeletonRows } from '@/ui/empty'
import { ago, moment } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** "Firefox on Linux"; a program's own name stays as it is. */
function deviceName({ agent, kind }: OpenSession): string {
  const named = (names: [RegExp, string][]) => names.find(([sign]) => sign.test(agent))?.[1]
  const browser = named(BROWSERS)
  if (!browser) return agent || kind
  const system = named(SYSTEMS)
  return system ? `${browser} on ${system}` : browser
}

function SessionRow({ session }: { session: OpenSession }) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: () => identity.endSession(session.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['identity', 'sessions'] }),
    onError: (error) => toast(error.message),
  })
  const Sign = session.kind === 'browser' ? Monitor : Terminal
  return (
    <li className="flex items-center gap-3 border-b py-2 last:border-b-0">
      <Sign size={16} aria-hidden className="shrink-0 text-quiet" />
      <div className="min-w-0 grow">
        <p className="truncate text-sm" title={session.agent}>
          {deviceName(session)}
        </p>
        <p className="text-xs text-quiet" title={moment(session.last_seen_at)}>
          {session.address}, seen {ago(session.last_seen_at)}
        </p>
      </div>
      {session.current ? (
        <Chip tone="good">this one</Chip>
      ) : (
        <IconButton
          label="Sign this session out"
          size="icon-sm"
          busy={end.isPending}
          onClick={() => end.mutate()}
        >
          <LogOut size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  )
}

/** Where one is signed in. */
export function Sessions() {
  const sessions = useQuery(identity.sessions())
  const everywhere = useMutation({ mutationFn: () => leave(identity.signOutEverywhere) })
  return (
    <div className="flex flex-col gap-4">
      {sessions.isPending ? <SkeletonRows rows={3} /> : null}
      {sessions.error ? (
        <ProblemPanel error={sessions.error} retry={() => void sessions.refetch()} />
      ) : null}
      <ul>
        {sessions.data?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {everywhere.error ? <ProblemPanel error={everywhere.error} /> : null}
      <Button
        className="self-start"
        busy={everywhere.isPending}
        onClick={() => everywhere.mutate()}
      >
        <LogOut size={16} aria-hidden />
        Sign out everywhere
      </Button>
    </div>
  )
}
