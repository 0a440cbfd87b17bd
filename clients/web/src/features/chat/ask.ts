'use client'

import { chat } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useSession } from '@/session'
import { NEW, useDrafts } from './drafts'
import { send } from './outbox'

function makeKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(4))
  return [...random].map((part) => part.toString(16).padStart(8, '0')).join('')
}

/** Ask in a conversation that stands. */
export function useAsk(conversationId: string): (text: string, model?: string) => void {
  const queries = useQueryClient()
  const write = useDrafts((state) => state.write)
  return (text, model) => {
    write(conversationId, '')
    void send(queries, conversationId, { key: makeKey(), text, model })
  }
}

interface FirstQuestion {
  text: string
  model?: string
  repositoryIds: string[]
}

/** Begin a conversation with a question, and go there. */
export function useAskAnew() {
  const queries = useQueryClient()
  const router = useRouter()
  const { workspace } = useSession()
  return useMutation({
    mutationFn: ({ repositoryIds }: FirstQuestion) =>
      chat.start({ workspace_id: workspace.id, repository_ids: repositoryIds }),
    onSuccess: (conversation, { text, model }) => {
      const { write, choose } = useDrafts.getState()
      write(NEW, '')
      choose(conversation.id, model ?? '')
      queries.setQueryData(chat.conversation(conversation.id).queryKey, conversation)
      void send(queries, conversation.id, { key: makeKey(), text, model })
      void queries.invalidateQueries({ queryKey: ['chat', 'conversations'] })
      router.push(`/conversations/?id=${conversation.id}`)
    },
  })
}
