'use client'

import {
  LiveClient,
  type LiveMessage,
  type LiveState,
  openLive,
  refresh,
  renewSession,
} from '@samoey/api'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { goToSignIn } from './sign-in'

let client: LiveClient | null = null

/** The one connection of this page. */
export function live(): LiveClient {
  client ??= new LiveClient({ open: openLive, renew: () => renewSession() })
  return client
}

/** Ask again for what may have changed unheard; with `again` also for what is being asked now. */
function refreshAfterAbsence(queries: QueryClient, again: boolean): void {
  for (const queryKey of [
    ['repositories'],
    ['knowledge'],
    ['workspaces'],
    ['chat', 'conversations'],
  ]) {
    void queries.invalidateQueries({ queryKey }, { cancelRefetch: again })
  }
}

/** Keep the connection open while someone is signed in, and let its events refresh the queries. */
export function useLiveConnection(workspaceId: string): void {
  const queries = useQueryClient()
  useEffect(() => {
    const connection = live()
    let wasOpen = false
    const ends = [
      connection.listen((message) => {
        if (message.type === 'event') refresh(queries, message)
      }),
      connection.listenState((state) => {
        if (state === 'signed-out') goToSignIn()
        if (state !== 'open') return
        // At first, too: what came before the connection stood was told to nobody here.
        refreshAfterAbsence(queries, wasOpen)
        wasOpen = true
      }),
      connection.watch(`workspace:${workspaceId}`),
    ]
    const hurry = () => connection.hurry()
    addEventListener('online', hurry)
    document.addEventListener('visibilitychange', hurry)
    connection.start()
    return () => {
      removeEventListener('online', hurry)
      document.removeEventListener('visibilitychange', hurry)
      for (const end of ends) end()
      connection.stop()
    }
  }, [queries, workspaceId])
}

/** Hear every live message while the component is shown. */
export function useLiveMessages(hear: (message: LiveMessage) => void): void {
  const onMessage = useEffectEvent(hear)
  useEffect(() => live().listen((message) => onMessage(message)), [])
}

/** Whether the page hears the server now. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (changed) => live().listenState(changed),
    () => live().state,
    () => 'connecting',
  )
}
