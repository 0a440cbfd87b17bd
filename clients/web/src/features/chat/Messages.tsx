'use client'

import { type Conversation, chat } from '@samoey/api'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Avatar } from '@/ui/avatar'
import { Button } from '@/ui/button'
import { SkeletonRows } from '@/ui/empty'
import { ProblemPanel } from '@/ui/problem'
import { useSession } from '@/session'
import { type Sending, useDrafts } from './drafts'
import { useFollow } from './follow'
import { MessageRow } from './MessageRow'
import { mayPassLater, send } from './outbox'
import { usePeekLink } from './peek'

const NONE: Sending[] = []

interface OnItsWayProps {
  sending: Sending
  conversationId: string
}

/** A question that the server does not have yet: what happens to it, and what to do. */
export function OnItsWay({ sending, conversationId }: OnItsWayProps) {
  const queries = useQueryClient()
  const { user } = useSession()
  const drop = useDrafts((state) => state.drop)
  const takeBack = useDrafts((state) => state.takeBack)
  return (
    <div className="flex gap-3 px-2 py-3">
      <Avatar name={user.name} />
      <div className="min-w-0 grow">
        <p className="mb-1 flex items-baseline gap-2 text-sm">
          <span className="font-semibold">{user.name}</span>
          <span className="text-xs text-quiet">{sending.problem ? 'not sent' : 'sending…'}</span>
        </p>
        <p className="max-w-[72ch] wrap-anywhere whitespace-pre-wrap">{sending.text}</p>
        {sending.problem ? (
          <ProblemPanel
            className="mt-3 max-w-[72ch]"
            error={sending.problem}
            retry={
              mayPassLater(sending.problem)
                ? () => void send(queries, conversationId, sending)
                : undefined
            }
            act={
              <>
                <Button tone="quiet" size="sm" onClick={() => takeBack(conversationId, sending)}>
                  Edit
                </Button>
                <Button tone="quiet" size="sm" onClick={() => drop(conversationId, sending.key)}>
                  Discard
                </Button>
              </>
            }
          />
        ) : null}
      </div>
    </div>
  )
}

/** A mark above the oldest message: seen, it loads what came before. */
function Older({ load, busy }: { load: () => void; busy: boolean }) {
  const mark = useRef<HTMLDivElement>(null)
  const seen = useEffectEvent(load)
  useEffect(() => {
    if (!mark.current) return
    const watcher = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) seen()
    })
    watcher.observe(mark.current)
    return () => watcher.disconnect()
  }, [])
  return (
    <div ref={mark} className="flex justify-center py-3 [overflow-anchor:none]">
      <Button tone="quiet" size="sm" busy={busy} onClick={load}>
        {busy ? 'Loading earlier messages…' : 'Earlier messages'}
      </Button>
    </div>
  )
}

interface MessagesProps {
  conversation: Conversation
  mayAct: boolean
}

/** What was said, the newest at the end. */
export function Messages({ conversation, mayAct }: MessagesProps) {
  const { id } = conversation
  const query = useInfiniteQuery(chat.messages(id))
  const outbox = useDrafts((state) => state.outbox[id] ?? NONE)
  const linkTo = usePeekLink()
  const { view, content, atEnd, toEnd, toNewest, leaveTop } = useFollow(id)
  const messages = query.data ? [...query.data.pages].reverse().flat() : []

  // One's own question always comes into view.
  const sending = outbox.length
  useEffect(() => {
    if (sending > 0) toNewest()
  }, [sending, toNewest])

  const loadOlder = () => {
    if (query.isFetchingNextPage || !query.hasNextPage) return
    leaveTop()
    void query.fetchNextPage()
  }

  return (
    <div className="relative min-h-0 grow">
      <div ref={view} className="h-full overflow-y-auto" data-testid="messages">
        <div ref={content} className="mx-auto max-w-[800px] px-2 py-4 sm:px-4">
          {query.hasNextPage ? (
            // Made anew with each page: a mark that stays in sight would not be noticed again.
            <Older
              key={query.data?.pages.length}
              load={loadOlder}
              busy={query.isFetchingNextPage}
            />
          ) : null}
          {query.isPending ? <SkeletonRows rows={6} /> : null}
          {query.error && !query.data ? (
            <ProblemPanel error={query.error} retry={() => void query.refetch()} />
          ) : null}
          <div role="log" aria-label="Messages">
            {messages.map((message) => (
              <MessageRow key={message.id} message={message} mayAct={mayAct} linkTo={linkTo} />
            ))}
            {outbox.map((one) => (
              <OnItsWay key={one.key} sending={one} conversationId={id} />
            ))}
          </div>
        </div>
      </div>
      {atEnd ? null : (
        <Button
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-float"
          onClick={toEnd}
        >
          <ArrowDown size={16} aria-hidden />
          To the end
        </Button>
      )}
    </div>
  )
}
