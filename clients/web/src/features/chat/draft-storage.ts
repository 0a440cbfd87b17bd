import type { PersistStorage, StorageValue } from 'zustand/middleware'
import type { Sending } from './drafts'

/** What of the drafts is kept on the device. */
export interface Kept {
  texts: Record<string, string>
  outbox: Record<string, Sending[]>
  /** The models that were chosen, by conversation. */
  models: Record<string, string>
}

const NOTHING: Kept = { texts: {}, outbox: {}, models: {} }

const VERSION = 1

/** Each person has an entry of their own: whoever signs in next neither sees nor sends its words. */
export function nameFor(userId: string): string {
  return `samoey.drafts.${userId}`
}

/** What the entry is called before anybody is known to be here; nothing is kept under it. */
export const NOBODY = 'samoey.drafts'

/** Their entries, but for those that differ between `base` and `mine`: these were changed here. */
function overlay<T>(
  theirs: Record<string, T>,
  base: Record<string, T>,
  mine: Record<string, T>,
): Record<string, T> {
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)])
  const pairs = [...names].map((name) => [name, (mine[name] === base[name] ? theirs : mine)[name]])
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Record<string, T>
}

function byKey(list: Sending[] = []): Record<string, Sending> {
  return Object.fromEntries(list.map((one) => [one.key, one]))
}

function overlayOutbox(theirs: Kept, base: Kept, mine: Kept): Kept['outbox'] {
  const ids = new Set([...Object.keys(theirs.outbox), ...Object.keys(mine.outbox)])
  const pairs = [...ids].map((id) => {
    const [from, before, now] = [theirs, base, mine].map((kept) => byKey(kept.outbox[id]))
    return [id, Object.values(overlay(from ?? {}, before ?? {}, now ?? {}))] as const
  })
  return Object.fromEntries(pairs.filter(([, list]) => list.length > 0))
}

function parse(raw: string | null): Kept {
  try {
    const value = JSON.parse(raw ?? '') as Partial<StorageValue<Partial<Kept>>>
    return { ...NOTHING, ...value.state }
  } catch {
    return NOTHING
  }
}

/** What this tab last knew to be kept: all that differs from it was changed here. */
let base = NOTHING
/** The drafts that were written in this tab: another tab does not take them from the screen. */
const own = new Set<string>()

export function isOwn(where: string): void {
  own.add(where)
}

/** Another person's entry is opened next. */
export function forgetOwn(): void {
  own.clear()
}

/** Every tab writes only what was changed in it, so none erases what another one keeps. */
export const storage: PersistStorage<Kept> = {
  getItem: (name) => {
    base = name === NOBODY ? NOTHING : parse(localStorage.getItem(name))
    return { state: base, version: VERSION }
  },
  setItem: (name, { state: mine }) => {
    if (name === NOBODY) return
    const theirs = parse(localStorage.getItem(name))
    const state: Kept = {
      texts: overlay(theirs.texts, base.texts, mine.texts),
      outbox: overlayOutbox(theirs, base, mine),
      models: overlay(theirs.models, base.models, mine.models),
    }
    base = mine
    const raw = JSON.stringify({ state, version: VERSION })
    if (raw !== localStorage.getItem(name)) localStorage.setItem(name, raw)
  },
  removeItem: (name) => localStorage.removeItem(name),
}

/** What this tab shows once another one has changed what is kept. */
export function takeOver(raw: string | null, mine: Kept): Kept {
  const theirs = parse(raw)
  const held = Object.entries(mine.texts).filter(([where]) => own.has(where))
  const elsewhere = Object.entries(theirs.texts).filter(([where]) => !own.has(where))
  const texts = Object.fromEntries([...elsewhere, ...held])
  // What another tab cleared while it stands in a box here is written again: it was not sent.
  const known = Object.entries(texts).filter(([where]) => where in theirs.texts)
  base = { ...theirs, texts: Object.fromEntries(known) }
  return { ...theirs, texts }
}
