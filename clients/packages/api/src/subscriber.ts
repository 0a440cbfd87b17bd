import type { QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from './live-messages'
import { chat } from './chat'
import { type MessagePages, refreshMessages } from './messages'

const CONVERSATION = 'conversation:'
const RATED = 'chat.answer_rated'
/** Rooms whose lists change when a repository's code does. */
const ALSO: Record<string, string[]> = {
  'repositories.commit_fetched': ['knowledge'],
  'repositories.repository_deleted': ['knowledge'],
}

/** The number of the message that an event is about, as far as it says or as far as we hold it. */
function numberOf(
  queries: QueryClient,
  conversationId: string,
  { number, message_id }: LiveEvent['data'],
): number | null {
  if (typeof number === 'number') return number
  const held = queries.getQueryData<MessagePages>(chat.messages(conversationId).queryKey)
  return held?.pages.flat().find((one) => one.id === message_id)?.number ?? null
}

/** Refresh what an event names: the room in its name is the room in the query keys. */
export function refresh(queries: QueryClient, event: LiveEvent): void {
  const [room = ''] = event.name.split('.')
  if (event.audience.startsWith(CONVERSATION)) {
    const id = event.audience.slice(CONVERSATION.length)
    void refreshMessages(queries, id, numberOf(queries, id, event.data))
    return
  }
  if (event.name === RATED) {
    // Said in another window of the same person.
    const id = String(event.data.conversation_id)
    void refreshMessages(queries, id, numberOf(queries, id, event.data))
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
