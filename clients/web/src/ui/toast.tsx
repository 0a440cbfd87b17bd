'use client'

import { X } from 'lucide-react'
import { create } from 'zustand'
import { Button, IconButton } from './button'

interface Toast {
  id: number
  text: string
  act?: { label: string; run: () => void }
}

interface Toasts {
  shown: Toast[]
  show: (toast: Omit<Toast, 'id'>, keepMs?: number) => number
  drop: (id: number) => void
}

let count = 0

export const useToasts = create<Toasts>((set, get) => ({
  shown: [],
  show: (toast, keepMs = 5_000) => {
    count += 1
    const id = count
    set({ shown: [...get().shown.slice(-2), { ...toast, id }] })
    setTimeout(() => get().drop(id), keepMs)
    return id
  },
  drop: (id) => set({ shown: get().shown.filter((toast) => toast.id !== id) }),
}))

/** Say something short that needs no answer. */
export function toast(text: string, act?: Toast['act']): number {
  return useToasts.getState().show({ text, act })
}

export function Toaster() {
  const { shown, drop } = useToasts()
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-16 z-50 flex flex-col items-center gap-2 sm:right-6 sm:bottom-6 sm:left-auto sm:items-end"
    >
      {shown.map(({ id, text, act }) => (
        <div
          key={id}
          className="pointer-events-auto flex max-w-full animate-appear items-center gap-3 rounded-md bg-raised py-1 pr-1 pl-4 text-sm shadow-float"
        >
          <span className="py-1">{text}</span>
          {act ? (
            <Button
              size="sm"
              onClick={() => {
                act.run()
                drop(id)
              }}
            >
              {act.label}
            </Button>
          ) : null}
          <IconButton label="Dismiss" size="icon-sm" onClick={() => drop(id)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
