'use client'

import { RotateCw } from 'lucide-react'
import { Button } from './button'
import { CopyButton } from './copy'
import { Empty } from './empty'

export interface CrashProps {
  error: Error & { digest?: string }
}

/** A page that broke: what happened, the ways on, and the details to hand on. */
export function Crash({ error }: CrashProps) {
  const { name, message, digest, stack } = error
  const details = () =>
    JSON.stringify(
      { name, message, digest, stack, page: location.pathname, at: new Date().toISOString() },
      null,
      2,
    )
  return (
    <main role="alert" className="flex min-h-dvh items-center">
      <Empty
        whole
        title="This page broke"
        act={
          <div className="flex flex-wrap items-center justify-center gap-2">
            <Button size="sm" tone="accent" onClick={() => location.reload()}>
              <RotateCw size={16} aria-hidden />
              Reload
            </Button>
            <Button size="sm" asChild>
              {/* eslint-disable-next-line @next/next/no-html-link-for-pages -- the router may be what broke */}
              <a href="/">Back home</a>
            </Button>
            <CopyButton text={details} label="Copy details" words />
          </div>
        }
      >
        An error in the page stopped it; nothing on the server was lost. Reload it; if it breaks
        again, send the details to whoever runs this installation.
      </Empty>
    </main>
  )
}
