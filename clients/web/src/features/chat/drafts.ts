import type { Problem } from '@samoey/api'
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { forgetOwn, isOwn, type Kept, nameFor, NOBODY, storage, takeOver } from './draft-storage'

/** The draft of the box that begins a conversation. */
export const NEW = 'new'

/** A question on its way: `key` makes sending it twice harmless. */
export interface Sending {
  key: string
  text: string
  /** Which model shall answer; none means the default. */
  model?: string
  problem?: Problem
}

interface Drafts extends Kept {
  write: (where: string, text: string) => void
  /** Choose the model that answers there; an empty name means the default. */
  choose: (where: string, model: string) => void
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
      models: {},
      write: (where, text) => {
        isOwn(where)
        set(({ texts }) => ({
          texts: text === '' ? without(texts, where) : { ...texts, [where]: text },
        }))
      },
      choose: (where, model) =>
        set(({ models }) => ({
          models: model === '' ? without(models, where) : { ...models, [where]: model },
        })),
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
      name: NOBODY,
      version: 1,
      storage,
      // Whose it is has to be known first: see `openDrafts`.
      skipHydration: true,
      partialize: ({ texts, outbox, models }): Kept => ({ texts, outbox, models }),
    },
  ),
)

/** Show and keep the words of this person, and of nobody else, from now on. */
export function openDrafts(userId: string): void {
  const name = nameFor(userId)
  if (useDrafts.persist.getOptions().name === name) return
  forgetOwn()
  useDrafts.persist.setOptions({ name })
  void useDrafts.persist.rehydrate()
}

/** Another tab changed what is kept. */
function hearOtherTabs({ key, newValue }: StorageEvent): void {
  if (key !== null && key === useDrafts.persist.getOptions().name) {
    useDrafts.setState((state) => takeOver(newValue, state))
  }
}

if (typeof window !== 'undefined') addEventListener('storage', hearOtherTabs)
