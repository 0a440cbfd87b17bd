'use client'

import { CloudOff } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useOutbox } from '@/features/chat'
import { SessionGate, useLiveState } from '@/session'
import { Skeleton } from '@/ui/empty'
import { KeyHelp } from './KeyHelp'
import { useKeys } from './keys'
import { Palette } from './Palette'
import { BottomBar, Rail } from './Rail'

const PATIENCE_MS = 3_000

/** Said only when the connection stays away, not for every short hiccup. */
function OfflineNote() {
  const state = useLiveState()
  const [late, setLate] = useState(false)
  const away = state !== 'open'
  useEffect(() => {
    const timer = setTimeout(() => setLate(away), away ? PATIENCE_MS : 0)
    return () => clearTimeout(timer)
  }, [away])
  if (!late || !away) return null
  return (
    <div
      role="status"
      className="flex shrink-0 items-center justify-center gap-2 border-b bg-surface px-4 py-1 text-xs text-warn"
    >
      <CloudOff size={16} aria-hidden />
      Not connected. Trying again; what you type is kept.
    </div>
  )
}

function Inside({ children }: { children: ReactNode }) {
  useKeys()
  useOutbox()
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only z-50 rounded-sm bg-raised px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Rail />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <OfflineNote />
        <div id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          {children}
        </div>
      </div>
      <BottomBar />
      <Palette />
      <KeyHelp />
    </div>
  )
}

function Waiting() {
  return (
    <div className="flex h-dvh" role="status" aria-label="Loading">
      <div className="hidden w-[49px] flex-col gap-4 border-r p-3 md:flex">
        <Skeleton className="size-6" />
        <Skeleton className="size-6" />
        <Skeleton className="size-6" />
        <Skeleton className="size-6" />
      </div>
    </div>
  )
}

/** Rail, page and what lies over them. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <SessionGate waiting={<Waiting />}>
      <Inside>{children}</Inside>
    </SessionGate>
  )
}
