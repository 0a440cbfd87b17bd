'use client'

import { connect, ProblemError } from '@samoey/api'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { applyLook, goToSignIn, useLook } from '@/session'
import { Toaster } from '@/ui/toast'
import { TooltipScope } from '@/ui/tooltip'

connect({ signedOut: goToSignIn })

/** A refusal stays a refusal; only what may pass by itself is tried again. */
function worthRetrying(failures: number, error: Error): boolean {
  if (failures >= 2) return false
  return (
    !(error instanceof ProblemError) || error.problem.status === 0 || error.problem.status >= 502
  )
}

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000 } },
  })
}

export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(makeQueries)
  useEffect(() => {
    const end = useLook.subscribe(applyLook)
    void useLook.persist.rehydrate()
    return end
  }, [])
  return (
    <QueryClientProvider client={queries}>
      <TooltipScope delayDuration={300}>
        {children}
        <Toaster />
      </TooltipScope>
    </QueryClientProvider>
  )
}
