import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { FOREVER, MINUTE } from './times'

export type Conversation = Schemas['ConversationOut']
export type ConversationChange = Schemas['ConversationChange']
export type Message = Schemas['MessageOut']
export type Rating = NonNullable<Message['rating']>
export type Citation = Schemas['CitationOut']
export type OutlineItem = Schemas['OutlineItem']
export type AnswerContext = Schemas['ContextOut']
export type ContextPart = Schemas['ContextPart']

export const MESSAGES_PER_PAGE = 100
const CONVERSATIONS_PER_PAGE = 50
/** A question that is not taken by then counts as not sent; its key makes sending it again harmless. */
const LONGEST_POST_MS = 30_000

const one = (conversationId: string) => ({ params: { path: { conversation_id: conversationId } } })
const message = (conversationId: string, messageId: string) => ({
  params: { path: { conversation_id: conversationId, message_id: messageId } },
})

interface Window {
  before?: number
  after?: number
  limit?: number
}

/** A page of messages by number, oldest first. */
export function fetchMessages(conversationId: string, window: Window): Promise<Message[]> {
  const params = { ...one(conversationId).params, query: { limit: MESSAGES_PER_PAGE, ...window } }
  return unwrap(api().GET('/api/v1/conversations/{conversation_id}/messages', { params }))
}

/** Conversations, their messages and the assistant's answers. */
export const chat = {
  /** All conversations that one may read, the latest first. */
  conversations: (workspaceId: string) =>
    infiniteQueryOptions({
      queryKey: ['chat', 'conversations', workspaceId],
      queryFn: ({ pageParam }) =>
        unwrap(
          api().GET('/api/v1/conversations', {
            params: {
              query: {
                workspace_id: workspaceId,
                before: pageParam ?? undefined,
                limit: CONVERSATIONS_PER_PAGE,
              },
            },
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page: Conversation[]) =>
        page.length < CONVERSATIONS_PER_PAGE ? null : (page.at(-1)?.id ?? null),
    }),
  conversation: (conversationId: string) =>
    queryOptions({
      queryKey: ['chat', 'conversation', conversationId],
      queryFn: () =>
        unwrap(api().GET('/api/v1/conversations/{conversation_id}', one(conversationId))),
    }),
  /** The messages of one conversation: the newest page first, older ones on demand. */
  messages: (conversationId: string) =>
    infiniteQueryOptions({
      queryKey: ['chat', 'messages', conversationId],
      queryFn: ({ pageParam }) =>
        fetchMessages(conversationId, pageParam === null ? {} : { before: pageParam }),
      initialPageParam: null as number | null,
      getNextPageParam: (page: Message[]) => {
        const oldest = page[0]
        return page.length < MESSAGES_PER_PAGE || !oldest || oldest.number <= 1
          ? null
          : oldest.number
      },
      // Live events keep these pages fresh; a reload of every page would cost much and bring nothing.
      staleTime: 5 * MINUTE,
    }),
  /** What an attempt at an answer was made from; what is kept of it never changes. */
  context: (conversationId: string, messageId: string, attempt: number) =>
    queryOptions({
      queryKey: ['chat', 'context', conversationId, messageId, attempt],
      queryFn: () =>
        unwrap(
          api().GET(
            '/api/v1/conversations/{conversation_id}/messages/{message_id}/context',
            message(conversationId, messageId),
          ),
        ),
      staleTime: 5 * MINUTE,
    }),
  /** What the server's settings allow. */
  limits: () =>
    queryOptions({
      queryKey: ['chat', 'limits'],
      queryFn: () => unwrap(api().GET('/api/v1/conversations/limits')),
      staleTime: FOREVER,
    }),

  start: (body: Schemas['NewConversation']) =>
    unwrap(api().POST('/api/v1/conversations', { body })),
  change: (conversationId: string, body: ConversationChange) =>
    unwrap(
      api().PATCH('/api/v1/conversations/{conversation_id}', { ...one(conversationId), body }),
    ),
  remove: (conversationId: string) =>
    unwrap(
      // The page may be closing: the request outlives it.
      api().DELETE('/api/v1/conversations/{conversation_id}', {
        ...one(conversationId),
        keepalive: true,
      }),
    ),
  /** Ask; the question's `key` makes a repeated post harmless. */
  post: (conversationId: string, question: Schemas['NewMessage'] & { key: string }) =>
    unwrap(
      api().POST('/api/v1/conversations/{conversation_id}/messages', {
        ...one(conversationId),
        body: question,
        signal: AbortSignal.timeout(LONGEST_POST_MS),
      }),
    ),
  stop: (conversationId: string, messageId: string) =>
    unwrap(
      api().POST(
        '/api/v1/conversations/{conversation_id}/messages/{message_id}/stop',
        message(conversationId, messageId),
      ),
    ),
  retry: (conversationId: string, messageId: string) =>
    unwrap(
      api().POST(
        '/api/v1/conversations/{conversation_id}/messages/{message_id}/retry',
        message(conversationId, messageId),
      ),
    ),
  /** Say whether an answer was good; none takes it back. */
  rate: (conversationId: string, messageId: string, rating: Rating | null) =>
    rating
      ? unwrap(
          api().PUT('/api/v1/conversations/{conversation_id}/messages/{message_id}/rating', {
            ...message(conversationId, messageId),
            body: { rating },
          }),
        )
      : unwrap(
          api().DELETE(
            '/api/v1/conversations/{conversation_id}/messages/{message_id}/rating',
            message(conversationId, messageId),
          ),
        ),
}
