'use client'

import { atLeast, type Conversation, chat } from '@samoey/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { SquarePen, Users } from 'lucide-react'
import { useState } from 'react'
import { AddRepositoryLine, useRepositories } from '@/features/repositories'
import { useSession } from '@/session'
import { Button, IconButton } from '@/ui/button'
import { cn } from '@/ui/cn'
import { SkeletonRows } from '@/ui/empty'
import { Input } from '@/ui/field'
import { ago } from '@/ui/format'
import { Link } from '@/ui/link'
import { PaneHead } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { useDrafts } from './drafts'
import { useLeaving } from './removal'

function Row({ conversation, here }: { conversation: Conversation; here: boolean }) {
  const { user } = useSession()
  const { id, title, shared, owner_id, owner_name, updated_at } = conversation
  const unsent = useDrafts((state) => state.outbox[id]?.some((one) => one.problem) ?? false)
  return (
    <li>
      <Link
        data-row
        href={`/conversations/?id=${id}`}
        aria-current={here ? 'page' : undefined}
        className={cn(
          'mx-2 flex flex-col rounded-sm px-2 py-1.5 hover:bg-wash-strong',
          here && 'bg-wash-strong',
        )}
      >
        <span className={cn('truncate text-sm', here && 'font-medium')}>
          {title || 'New conversation'}
        </span>
        <span className="flex items-center gap-1 text-xs text-quiet">
          {ago(updated_at)}
          {unsent ? <span className="shrink-0 text-warn">· not sent</span> : null}
          {owner_id === user.id ? null : <span className="truncate">· {owner_name}</span>}
          {shared ? <Users size={12} role="img" aria-label="shared" className="ml-auto" /> : null}
        </span>
      </Link>
    </li>
  )
}

/** All conversations one may read, the latest first. */
export function useConversations() {
  const { workspace } = useSession()
  const leaving = useLeaving((state) => state.ids)
  const query = useInfiniteQuery(chat.conversations(workspace.id))
  const all = query.data?.pages.flat().filter((one) => !(one.id in leaving)) ?? []
  return { query, all }
}

function useMayAsk(): boolean {
  return atLeast(useSession().workspace.role, 'member')
}

function NoneYet() {
  const { list } = useRepositories()
  if (!useMayAsk()) return 'Nobody has shared a conversation yet.'
  if (list.data?.length !== 0) return 'No conversations yet. Ask the first question.'
  return (
    <>
      No conversations yet. {/* Where the panes stand side by side, the other one says it. */}
      <span className="md:hidden">
        <AddRepositoryLine />
      </span>
    </>
  )
}

/** The list: what one may read, the latest first. */
export function ConversationList({ id }: { id: string | null }) {
  const { query, all } = useConversations()
  const mayAsk = useMayAsk()
  const [typed, setTyped] = useState('')
  const words = typed.toLowerCase().trim()
  const shown = all.filter((one) => one.title.toLowerCase().includes(words))
  return (
    <>
      <PaneHead title="Conversations">
        {mayAsk ? (
          <IconButton label="New conversation" keys="c" size="icon-sm" asChild>
            <Link href="/conversations/?new=1">
              <SquarePen size={16} aria-hidden />
            </Link>
          </IconButton>
        ) : null}
      </PaneHead>
      <div className="px-4 py-3">
        <Input
          type="search"
          aria-label="Filter by title"
          placeholder="Filter…"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <div className="min-h-0 grow overflow-y-auto pb-4">
        {query.isPending ? <SkeletonRows /> : null}
        {query.error && !query.data ? (
          <ProblemPanel className="mx-4" error={query.error} retry={() => void query.refetch()} />
        ) : null}
        {query.data && shown.length === 0 ? (
          <p className="px-4 text-sm text-quiet">
            {words ? 'No title holds these words.' : <NoneYet />}
          </p>
        ) : null}
        <ul>
          {shown.map((one) => (
            <Row key={one.id} conversation={one} here={one.id === id} />
          ))}
        </ul>
        {query.hasNextPage ? (
          <Button
            tone="quiet"
            size="sm"
            className="mx-4 mt-2"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Older conversations
          </Button>
        ) : null}
      </div>
    </>
  )
}
