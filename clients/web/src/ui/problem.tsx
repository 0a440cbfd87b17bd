'use client'

import { asProblem } from '@samoey/api'
import { CircleAlert, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button'
import { cn } from './cn'
import { Coded } from './coded'
import { CopyButton } from './copy'
import { Misfits } from './misfits'

interface ProblemProps {
  error: unknown
  /** What to try, when trying again may help. */
  retry?: () => void
  act?: ReactNode
  className?: string
}

/** What went wrong, why, and what to do; with its details to hand on. */
export function ProblemPanel({ error, retry, act, className }: ProblemProps) {
  const problem = asProblem(error)
  const details = () =>
    JSON.stringify({ ...problem, page: location.pathname, at: new Date().toISOString() }, null, 2)
  return (
    <div
      role="alert"
      className={cn('flex gap-2 border-l-2 border-bad/60 py-0.5 pl-3 text-sm', className)}
    >
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-bad" />
      <div className="flex min-w-0 flex-col gap-1">
        <div>
          <p className="font-medium">
            <Coded text={problem.title} />
          </p>
          {problem.detail && problem.detail !== problem.title ? (
            <p className="break-words text-quiet">
              <Coded text={problem.detail} />
            </p>
          ) : null}
          <Misfits problem={problem} />
        </div>
        <div className="-ml-2 flex flex-wrap items-center gap-1">
          {act}
          {retry ? (
            <Button tone="quiet" size="sm" className="text-text" onClick={retry}>
              <RotateCw size={16} aria-hidden />
              Try again
            </Button>
          ) : null}
          <CopyButton text={details} label="Copy details" words quiet />
        </div>
      </div>
    </div>
  )
}
