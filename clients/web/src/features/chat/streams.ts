'use client'

import { addPiece, hasGap, type Presence, type Stream, type Typing } from '@samoey/api'
import { create } from 'zustand'
import { live, useLiveMessages } from '@/session'

interface Streams {
  byMessage: Record<string, Stream>
  people: Record<string, Presence['people']>
  typing: Record<string, (Typing & { until: number })[]>
}

const TYPING_MS = 4_000
const GAP_MS = 1_000

/** What is happening right now and is stored nowhere: answers being written, who is here, who types. */
export const useStreams = create<Streams>(() => ({ byMessage: {}, people: {}, typing: {} }))

let gapTimer: ReturnType<typeof setTimeout> | undefined

function askForGap(conversationId: string): void {
  gapTimer ??= setTimeout(() => {
    gapTimer = undefined
    live().resume(`conversation:${conversationId}`)
  }, GAP_MS)
}

function noteTyping(typing: Typing): void {
  const { conversation_id: id } = typing
  const until = Date.now() + TYPING_MS
  const still = (now: number) =>
    (useStreams.getState().typing[id] ?? []).filter((one) => one.until > now)
  const set = (list: Streams['typing'][string]) =>
    useStreams.setState(({ typing: all }) => ({ typing: { ...all, [id]: list } }))
  set([...still(Date.now()).filter((one) => one.user_id !== typing.user_id), { ...typing, until }])
  setTimeout(() => set(still(Date.now())), TYPING_MS + 50)
}

/** Take in what passes by while a conversation is shown. */
export function useStreaming(): void {
  useLiveMessages((message) => {
    if (message.type === 'piece') {
      const { message_id: id } = message
      const stream = addPiece(useStreams.getState().byMessage[id], message)
      useStreams.setState(({ byMessage }) => ({ byMessage: { ...byMessage, [id]: stream } }))
      if (hasGap(stream)) askForGap(message.conversation_id)
    }
    if (message.type === 'presence') {
      const { conversation_id: id, people } = message
      useStreams.setState((state) => ({ people: { ...state.people, [id]: people } }))
    }
    if (message.type === 'typing') noteTyping(message)
  })
}
