'use client'

import { asProblem, chat, type MessagePages, mergeMessages } from '@samoey/api'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useSession } from '@/session'
import { NEW, type Sending, useDrafts } from './drafts'

function makeKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(4))
  return [...random].map((part) => part.toString(16).padStart(8, '0')).join('')
}

/** Send a question; until the server has it, it stays in the outbox and on screen. */
export async function send(
  queries: QueryClient,
  conversationId: string,
  { key, text }: Sending,
): Promise<void> {
  const { put, drop } = useDrafts.getState()
  put(conversationId, { key, text })
  try {
    const message = await chat.post(conversationId, text, key)
    queries.setQueryData<MessagePages>(chat.messages(conversationId).queryKey, (pages) =>
      mergeMessages(pages, [message]),
    )
    drop(conversationId, key)
    // The first question gives the conversation its title.
    void queries.invalidateQueries({ queryKey: ['chat', 'conversation', conversationId] })
  } catch (error) {
    put(conversationId, { key, text, problem: asProblem(error) })
  }
}

/** Ask in a conversation that stands. */
export function useAsk(conversationId: string): (text: string) => void {
  const queries = useQueryClient()
  const write = useDrafts((state) => state.write)
  return (text) => {
    write(conversationId, '')
    void send(queries, conversationId, { key: makeKey(), text })
  }
}

/** Begin a conversation with a question, and go there. */
export function useAskAnew() {
  const queries = useQueryClient()
  const router = useRouter()
  const { workspace } = useSession()
  return useMutation({
    mutationFn: ({ repositoryIds }: { text: string; repositoryIds: string[] }) =>
      chat.start({ workspace_id: workspace.id, repository_ids: repositoryIds }),
    onSuccess: (conversation, { text }) => {
      useDrafts.getState().write(NEW, '')
      queries.setQueryData(chat.conversation(conversation.id).queryKey, conversation)
      void send(queries, conversation.id, { key: makeKey(), text })
      void queries.invalidateQueries({ queryKey: ['chat', 'conversations'] })
      router.push(`/conversations/?id=${conversation.id}`)
    },
  })
}
