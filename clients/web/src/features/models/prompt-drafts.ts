import type { PromptPurpose } from '@samoey/api'
import { create } from 'zustand'

export interface Draft {
  name: string
  purpose: PromptPurpose
  text: string
  note: string
}

interface Drafts {
  byKey: Readonly<Record<string, Draft>>
  keep: (key: string, draft: Draft) => void
  drop: (key: string) => void
}

/** What was typed is there again when a dialog was closed over it. */
export const usePromptDrafts = create<Drafts>((set) => ({
  byKey: {},
  keep: (key, draft) => set(({ byKey }) => ({ byKey: { ...byKey, [key]: draft } })),
  drop: (key) =>
    set(({ byKey }) => ({
      byKey: Object.fromEntries(Object.entries(byKey).filter(([it]) => it !== key)),
    })),
}))
