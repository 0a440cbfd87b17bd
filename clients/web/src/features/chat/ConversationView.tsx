'use client'

import { atLeast, type Conversation, chat, ProblemError, refreshMessages } from '@samoey/api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { live, useSession } from '@/session'
import { Button } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { SkeletonRows } from '@/ui/empty'
import { Link } from '@/ui/link'
import { PaneHead } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { useTitle } from '@/ui/title'
import { useAsk } from './ask'
import { AskBox } from './AskBox'
import { ConversationMenu } from './ConversationMenu'
import { Gone } from './Gone'
import { Messages } from './Messages'
import { Present, TypingNote } from './Presence'
import { useStreaming } from './streams'

const TYPING_EVERY_MS = 2_500

/** Say that one types, but not with every letter. */
function useTellTyping(conversationId: string): () => void {
  const last = useRef(0)
  return () => {
    if (Date.now() - last.current < TYPING_EVERY_MS) return
    last.current = Date.now()
    live().typing(conversationId)
  }
}

/** Hear the conversation from its latest number on, and catch up with what was said before. */
function useWatching({ id, seq }: Conversation): void {
  const queries = useQueryClient()
  const from = useRef(seq)
  useStreaming()
  useEffect(() => {
    const unwatch = live().watch(`conversation:${id}`, from.current)
    const unlisten = live().listen((message) => {
      if (!('audience' in message) || message.audience !== `conversation:${id}`) return
      if (message.type === 'watching') void refreshMessages(queries, id)
      // It was deleted, or is no longer shared with us: asking again tells.
      if (message.type === 'problem') {
        void queries.invalidateQueries({ queryKey: ['chat', 'conversation', id] })
      }
    })
    void refreshMessages(queries, id)
    return () => {
      unlisten()
      unwatch()
    }
  }, [id, queries])
}

function Standing({ conversation }: { conversation: Conversation }) {
  const { user, workspace } = useSession()
  const router = useRouter()
  const ask = useAsk(conversation.id)
  const tellTyping = useTellTyping(conversation.id)
  useWatching(conversation)
  useTitle([conversation.title || 'New conversation'])
  const mayAct = atLeast(workspace.role, 'member')
  const mine = conversation.owner_id === user.id || atLeast(workspace.role, 'admin')

  return (
    <>
      <PaneHead
        back={() => router.push('/conversations/')}
        title={<h2 className="truncate">{conversation.title || 'New conversation'}</h2>}
      >
        <Present conversationId={conversation.id} />
        {conversation.shared ? (
          <Chip icon={<Users aria-hidden />}>
            <span className="hidden sm:inline">Shared</span>
          </Chip>
        ) : null}
        {mine ? <ConversationMenu conversation={conversation} /> : null}
      </PaneHead>
      <Messages conversation={conversation} mayAct={mayAct} />
      {mayAct ? (
        <div className="mx-auto w-full max-w-[800px] shrink-0 px-4 pb-3">
          <TypingNote conversationId={conversation.id} />
          <AskBox
            draft={conversation.id}
            placeholder="Ask a follow-up…"
            onAsk={ask}
            onTyping={tellTyping}
          />
        </div>
      ) : (
        <p className="border-t px-4 py-3 text-center text-sm text-quiet">
          You may read here. Ask an admin for the role “member” to ask questions.
        </p>
      )}
    </>
  )
}

/** Deleted, no longer shared with us, or never an id: asking again can bring nothing else. */
function isRefusal(error: Error | null): boolean {
  return error instanceof ProblemError && [403, 404, 422].includes(error.problem.status)
}

/** One conversation, live. */
export function ConversationView({ id }: { id: string }) {
  const conversation = useQuery(chat.conversation(id))
  if (isRefusal(conversation.error)) return <Gone id={id} />
  if (conversation.data) return <Standing key={id} conversation={conversation.data} />
  if (conversation.error) {
    return (
      <div className="p-6">
        <ProblemPanel
          error={conversation.error}
          retry={() => void conversation.refetch()}
          act={
            <Button size="sm" asChild>
              <Link href="/conversations/">All conversations</Link>
            </Button>
          }
        />
      </div>
    )
  }
  return <SkeletonRows rows={8} />
}
