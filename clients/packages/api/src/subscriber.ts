import type { QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from './live-messages'
import { refreshMessages } from './messages'

const MESSAGES = ['chat.message_posted', 'chat.answer_started', 'chat.message_answered']
/** Rooms whose lists change when a repository's code does. */
const ALSO: Record<string, string[]> = {
  'repositories.commit_fetched': ['knowledge'],
  'repositories.repository_deleted': ['knowledge'],
}

function numberOf(data: LiveEvent['data']): number | null {
  return typeof data.number === 'number' ? data.number : null
}

/** Refresh what an event names: the room in its name is the room in the query keys. */
export function refresh(queries: QueryClient, event: LiveEvent): void {
  const [room = ''] = event.name.split('.')
  if (MESSAGES.includes(event.name)) {
    const conversationId = event.audience.replace('conversation:', '')
    void refreshMessages(queries, conversationId, numberOf(event.data))
    return
  }
  if (room === 'chat') {
    void queries.invalidateQueries({ queryKey: ['chat', 'conversations'] })
    void queries.invalidateQueries({ queryKey: ['chat', 'conversation'] })
    return
  }
  for (const name of [room, ...(ALSO[event.name] ?? [])]) {
    void queries.invalidateQueries({ queryKey: [name] })
  }
}
