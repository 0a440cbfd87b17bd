import type { ReactNode } from 'react'
import { cn } from './cn'

export { PaneHead, Panes, SideHead } from './panes'

interface PageProps {
  title: string
  about?: ReactNode
  act?: ReactNode
  wide?: boolean
  children: ReactNode
}

/** A page that is one column. */
export function Page({ title, about, act, wide, children }: PageProps) {
  return (
    <main className="h-full overflow-y-auto">
      <div
        className={cn(
          'mx-auto px-4 py-6 sm:px-8 sm:py-8',
          wide ? 'max-w-[1100px]' : 'max-w-[760px]',
        )}
      >
        <header className="mb-6 flex items-start justify-between gap-4">
          <div className="min-w-0">
            <h1 className="text-lg font-semibold">{title}</h1>
            {about ? <p className="mt-1 text-quiet">{about}</p> : null}
          </div>
          {act}
        </header>
        {children}
      </div>
    </main>
  )
}
