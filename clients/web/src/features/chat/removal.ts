'use client'

import { chat } from '@samoey/api'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { create } from 'zustand'
import { toast } from '@/ui/toast'

const UNDO_MS = 5_000

interface Leaving {
  ids: Record<string, ReturnType<typeof setTimeout>>
}

/** Conversations that are out of sight and can still be taken back. */
export const useLeaving = create<Leaving>(() => ({ ids: {} }))

function forget(id: string): void {
  useLeaving.setState(({ ids }) => ({
    ids: Object.fromEntries(Object.entries(ids).filter(([held]) => held !== id)),
  }))
}

async function remove(queries: QueryClient, id: string): Promise<void> {
  try {
    await chat.remove(id)
    await queries.invalidateQueries({ queryKey: ['chat', 'conversations'] })
    queries.removeQueries({ queryKey: ['chat', 'conversation', id] })
    queries.removeQueries({ queryKey: ['chat', 'messages', id] })
  } catch {
    toast('The conversation could not be deleted.')
  }
  forget(id)
}

/** Delete a conversation after a moment in which one may take it back. */
export function useRemoveConversation(): (id: string) => void {
  const queries = useQueryClient()
  const router = useRouter()
  return (id) => {
    const now = () => void remove(queries, id)
    // Whoever closes the page has decided: the request is sent on the way out.
    addEventListener('pagehide', now, { once: true })
    const timer = setTimeout(() => {
      removeEventListener('pagehide', now)
      now()
    }, UNDO_MS)
    useLeaving.setState(({ ids }) => ({ ids: { ...ids, [id]: timer } }))
    router.push('/conversations/')
    toast('Conversation deleted', {
      label: 'Undo',
      run: () => {
        clearTimeout(timer)
        removeEventListener('pagehide', now)
        forget(id)
        router.push(`/conversations/?id=${id}`)
      },
    })
  }
}
