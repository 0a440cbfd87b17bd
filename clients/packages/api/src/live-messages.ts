import { z } from 'zod'

const stage = z.string()

export const citationShape = z.object({
  number: z.number(),
  repository_id: z.string(),
  repository_name: z.string(),
  path: z.string(),
  start: z.number(),
  end: z.number(),
  commit: z.string(),
  symbol: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  text: z.string(),
})

const piece = z.object({
  type: z.literal('piece'),
  conversation_id: z.string(),
  message_id: z.string(),
  attempt: z.number(),
  index: z.number(),
})

const piecesByKind = z.discriminatedUnion('kind', [
  piece.extend({ kind: z.literal('text'), text: z.string() }),
  piece.extend({ kind: z.literal('citation'), citation: citationShape }),
  piece.extend({ kind: z.literal('status'), stage }),
  piece.extend({ kind: z.literal('end'), status: z.string().optional() }),
])

const watching = z.object({
  type: z.literal('watching'),
  audience: z.string(),
  seq: z.number().nullish(),
})

const event = z.object({
  type: z.literal('event'),
  audience: z.string(),
  seq: z.number().nullish(),
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
})

const progress = z.object({
  type: z.literal('progress'),
  audience: z.string(),
  repository_id: z.string(),
  stage: z.string(),
  done: z.number(),
  total: z.number(),
})

const typing = z.object({
  type: z.literal('typing'),
  conversation_id: z.string(),
  user_id: z.string(),
  name: z.string(),
})

const presence = z.object({
  type: z.literal('presence'),
  conversation_id: z.string(),
  people: z.array(z.object({ user_id: z.string(), name: z.string() })),
})

const problem = z.object({
  type: z.literal('problem'),
  title: z.string().optional(),
  detail: z.string().nullish(),
  audience: z.string().optional(),
})

const liveMessage = z.union([piecesByKind, watching, event, progress, typing, presence, problem])

export type LiveMessage = z.infer<typeof liveMessage>
export type LiveEvent = z.infer<typeof event>
export type Piece = z.infer<typeof piecesByKind>
export type LiveProgress = z.infer<typeof progress>
export type Presence = z.infer<typeof presence>
export type Typing = z.infer<typeof typing>

/** What came over the wire, or null for something this client does not know (a newer server's). */
export function parseLive(raw: string): LiveMessage | null {
  try {
    return liveMessage.safeParse(JSON.parse(raw)).data ?? null
  } catch {
    return null
  }
}
