'use client'

import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type Theme = 'system' | 'light' | 'dark'
export type Contrast = 'normal' | 'more'

interface Look {
  theme: Theme
  contrast: Contrast
  /** The rail shows words beside its signs. */
  railOpen: boolean
  setTheme: (theme: Theme) => void
  setContrast: (contrast: Contrast) => void
  toggleRail: () => void
}

/** How the product looks on this device; `theme.js` reads the same entry before the first paint. */
export const useLook = create<Look>()(
  persist(
    (set, get) => ({
      theme: 'system',
      contrast: 'normal',
      railOpen: false,
      setTheme: (theme) => set({ theme }),
      setContrast: (contrast) => set({ contrast }),
      toggleRail: () => set({ railOpen: !get().railOpen }),
    }),
    { name: 'samoey.look', skipHydration: true },
  ),
)

/** Put the chosen look on the page. */
export function applyLook({ theme, contrast }: Pick<Look, 'theme' | 'contrast'>): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  if (contrast === 'more') dataset.contrast = 'more'
  else delete dataset.contrast
}
