import { create } from 'zustand'

interface Overlays {
  palette: boolean
  keys: boolean
  show: () => void
  showKeys: () => void
  hide: () => void
}

/** What lies over the page: the palette or the list of keys. */
export const usePalette = create<Overlays>((set) => ({
  palette: false,
  keys: false,
  show: () => set({ palette: true, keys: false }),
  showKeys: () => set({ keys: true, palette: false }),
  hide: () => set({ palette: false, keys: false }),
}))
