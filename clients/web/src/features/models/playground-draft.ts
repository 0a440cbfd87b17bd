import { create } from 'zustand'

interface PlaygroundDraft {
  prompt: string
  system: string
  /** The chosen models; none until somebody chooses. */
  one: string | null
  other: string | null
  change: (part: Partial<Omit<PlaygroundDraft, 'change'>>) => void
}

/** What was typed and chosen is there again when one comes back from another page. */
export const usePlaygroundDraft = create<PlaygroundDraft>((set) => ({
  prompt: '',
  system: '',
  one: null,
  other: null,
  change: (part) => set(part),
}))
