import type { ReactNode } from 'react'
import { cn } from './cn'

interface EmptyProps {
  icon?: ReactNode
  title: string
  /** One sentence. */
  children?: ReactNode
  act?: ReactNode
  /** It is all that the page says. */
  whole?: boolean
  className?: string
}

/** Nothing here yet: a beginning with one thing to do. */
export function Empty({ icon, title, children, act, whole, className }: EmptyProps) {
  const Heading = whole ? 'h1' : 'h2'
  return (
    <div
      className={cn(
        'mx-auto flex max-w-[44ch] flex-col items-center gap-3 px-4 py-12 text-center',
        className,
      )}
    >
      {icon ? <span className="text-quiet">{icon}</span> : null}
      <Heading className="text-md font-semibold">{title}</Heading>
      {children ? <p className="text-quiet">{children}</p> : null}
      {act ? <div className="mt-2">{act}</div> : null}
    </div>
  )
}

/** The place where something known will stand in a moment. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div aria-hidden className={cn('h-4 animate-pulse rounded-sm bg-wash-strong', className)} />
  )
}

export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} className={at % 2 ? 'w-3/5' : 'w-4/5'} />
      ))}
    </div>
  )
}
