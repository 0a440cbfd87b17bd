import type { Problem } from '@samoey/api'
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { isOwn, type Kept, NAME, storage, takeOver } from './draft-storage'

/** The draft of the box that begins a conversation. */
export const NEW = 'new'

/** A question on its way: `key` makes sending it twice harmless. */
export interface Sending {
  key: string
  text: string
  problem?: Problem
}

interface Drafts extends Kept {
  write: (where: string, text: string) => void
  put: (conversationId: string, sending: Sending) => void
  drop: (conversationId: string, key: string) => void
  /** Back into the box, before what was typed there meanwhile. */
  takeBack: (conversationId: string, sending: Sending) => void
}

function without<T>(record: Record<string, T>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([held]) => held !== name))
}

/** What was typed and not yet taken by the server; kept on this device until it is. */
export const useDrafts = create<Drafts>()(
  persist(
    (set, get) => ({
      texts: {},
      outbox: {},
      write: (where, text) => {
        isOwn(where)
        set(({ texts }) => ({
          texts: text === '' ? without(texts, where) : { ...texts, [where]: text },
        }))
      },
      put: (id, sending) =>
        set(({ outbox }) => {
          const others = (outbox[id] ?? []).filter((one) => one.key !== sending.key)
          return { outbox: { ...outbox, [id]: [...others, sending] } }
        }),
      drop: (id, key) =>
        set(({ outbox }) => {
          const left = (outbox[id] ?? []).filter((one) => one.key !== key)
          return { outbox: left.length > 0 ? { ...outbox, [id]: left } : without(outbox, id) }
        }),
      takeBack: (id, { key, text }) => {
        const typed = get().texts[id]
        get().write(id, typed ? `${text}\n\n${typed}` : text)
        get().drop(id, key)
      },
    }),
    {
      name: NAME,
      version: 1,
      storage,
      partialize: ({ texts, outbox }): Kept => ({ texts, outbox }),
    },
  ),
)

/** Another tab changed what is kept. */
function hearOtherTabs({ key, newValue }: StorageEvent): void {
  if (key === NAME) useDrafts.setState((state) => takeOver(newValue, state))
}

if (typeof window !== 'undefined') addEventListener('storage', hearOtherTabs)
