'use client'

import { asProblem, chat, type MessagePages, mergeMessages, type Problem } from '@samoey/api'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect } from 'react'
import { live, useSession } from '@/session'
import { openDrafts, type Sending, useDrafts } from './drafts'

/** The keys of the questions that this page is sending right now. */
const underWay = new Set<string>()

/** A refusal for what the question is will be given again, however often it is sent. */
export function mayPassLater({ status }: Problem): boolean {
  return status < 400 || status >= 500 || [401, 408, 429].includes(status)
}

async function post(
  queries: QueryClient,
  conversationId: string,
  { key, text, model }: Sending,
): Promise<void> {
  const message = await chat.post(conversationId, { key, text, model })
  queries.setQueryData<MessagePages>(chat.messages(conversationId).queryKey, (pages) =>
    mergeMessages(pages, [message]),
  )
  useDrafts.getState().drop(conversationId, key)
  // The first question gives the conversation its title.
  void queries.invalidateQueries({ queryKey: ['chat', 'conversation', conversationId] })
}

/** Send a question; until the server has it, it stays in the outbox and on screen. */
export async function send(
  queries: QueryClient,
  conversationId: string,
  { key, text, model }: Sending,
): Promise<void> {
  if (underWay.has(key)) return
  underWay.add(key)
  const { put } = useDrafts.getState()
  const question = { key, text, ...(model ? { model } : {}) }
  put(conversationId, question)
  try {
    await post(queries, conversationId, question)
  } catch (error) {
    // Another tab may have sent it meanwhile.
    const waits = useDrafts.getState().outbox[conversationId]?.some((one) => one.key === key)
    if (waits) put(conversationId, { ...question, problem: asProblem(error) })
  } finally {
    underWay.delete(key)
  }
}

/** Send what a closed page, a lost connection or an ended session kept from being sent. */
export async function resend(queries: QueryClient): Promise<void> {
  const { outbox } = useDrafts.getState()
  const sent = Object.entries(outbox).map(async ([conversationId, waiting]) => {
    // One after the other: questions keep their order.
    for (const one of waiting) {
      if (!one.problem || mayPassLater(one.problem)) await send(queries, conversationId, one)
    }
  })
  await Promise.all(sent)
}

/** Open the words of who is here; send what waits now, and whenever the server is back. */
export function useOutbox(): void {
  const queries = useQueryClient()
  const { user } = useSession()
  useLayoutEffect(() => openDrafts(user.id), [user.id])
  useEffect(() => {
    const again = () => void resend(queries)
    again()
    addEventListener('online', again)
    const unlisten = live().listenState((state) => {
      if (state === 'open') again()
    })
    return () => {
      removeEventListener('online', again)
      unlisten()
    }
  }, [queries, user.id])
}
