import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { chat, fetchMessages, type Message, MESSAGES_PER_PAGE } from './chat'

export type MessagePages = InfiniteData<Message[], number | null>

/** Put changed and new messages where they belong; the first page holds the newest. */
export function mergeMessages(
  pages: MessagePages | undefined,
  news: Message[],
): MessagePages | undefined {
  if (!pages || news.length === 0) return pages
  const changed = new Map(news.map((one) => [one.id, one]))
  const known = new Set<string>()
  const merged = pages.pages.map((page) =>
    page.map((one) => {
      known.add(one.id)
      return changed.get(one.id) ?? one
    }),
  )
  const oldest = merged.at(-1)?.[0]?.number ?? 0
  const added = news.filter((one) => !known.has(one.id) && one.number > oldest)
  const newest = [...(merged[0] ?? []), ...added].sort((a, b) => a.number - b.number)
  return { ...pages, pages: [newest, ...merged.slice(1)] }
}

function unfinished(message: Message): boolean {
  return message.status === 'waiting' || message.status === 'writing'
}

/** The number after which something may be new: before the oldest answer still being written. */
function freshFrom(pages: MessagePages, changed: number | null): number {
  const all = pages.pages.flat()
  const numbers = all.filter(unfinished).map((one) => one.number - 1)
  numbers.push(pages.pages[0]?.at(-1)?.number ?? 0)
  if (changed !== null) numbers.push(changed - 1)
  return Math.max(0, Math.min(...numbers))
}

async function fetchNewer(
  queries: QueryClient,
  conversationId: string,
  changed: number | null,
): Promise<void> {
  const { queryKey } = chat.messages(conversationId)
  const now = () => queries.getQueryData<MessagePages>(queryKey)
  // The first page, asked for before this happened, may come without it.
  if (!now() && changed !== null) await queries.refetchQueries({ queryKey })
  const held = now()
  if (!held) return
  for (let after = freshFrom(held, changed); ;) {
    const news = await fetchMessages(conversationId, { after })
    queries.setQueryData<MessagePages>(queryKey, (pages) => mergeMessages(pages, news))
    const last = news.at(-1)
    if (!last || news.length < MESSAGES_PER_PAGE) return
    after = last.number
  }
}

interface Refresh {
  again: boolean
  changed: number | null
}
const running = new Map<string, Refresh>()

/** Fetch what is newer than what is held, and nothing else; many events at once make one fetch. */
export async function refreshMessages(
  queries: QueryClient,
  conversationId: string,
  changed: number | null = null,
): Promise<void> {
  const current = running.get(conversationId)
  if (current) {
    current.again = true
    if (changed !== null) current.changed = Math.min(changed, current.changed ?? changed)
    return
  }
  const refresh: Refresh = { again: true, changed }
  running.set(conversationId, refresh)
  try {
    while (refresh.again) {
      const from = refresh.changed
      Object.assign(refresh, { again: false, changed: null })
      await fetchNewer(queries, conversationId, from)
    }
  } catch {
    // The next event or the next reconnection asks again; what is shown stays.
  } finally {
    running.delete(conversationId)
  }
}
