import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from './button'
import { cn } from './cn'

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
        <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
          <div>
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

interface PanesProps {
  /** What the page is, for those who hear it. */
  title: string
  list?: ReactNode
  listLabel?: string
  main: ReactNode
  side?: ReactNode
  sideLabel?: string
  /** Which pane a narrow screen shows. */
  focus: 'list' | 'main' | 'side'
  wideSide?: boolean
}

/** List, thing and side panel; on a narrow screen each is a page of its own. */
export function Panes(props: PanesProps) {
  const { title, list, listLabel, main, side, sideLabel, focus, wideSide } = props
  return (
    <div className="relative flex h-full min-h-0">
      {/* Still the main landmark where its panes make room for the side panel. */}
      <main className={cn('flex min-h-0 min-w-0 md:flex-1', focus === 'side' ? 'w-0' : 'flex-1')}>
        <h1 className="sr-only">{title}</h1>
        {list ? (
          <section
            aria-label={listLabel}
            className={cn(
              'min-h-0 w-full shrink-0 flex-col border-r bg-ground md:flex md:w-64 lg:w-72',
              focus === 'list' ? 'flex' : 'hidden',
              side && wideSide && 'md:hidden 2xl:flex',
            )}
          >
            {list}
          </section>
        ) : null}
        <div
          className={cn(
            'min-h-0 min-w-0 flex-1 flex-col bg-surface md:flex',
            focus === 'main' ? 'flex' : 'hidden',
          )}
        >
          {main}
        </div>
      </main>
      {side ? (
        <aside
          aria-label={sideLabel}
          className={cn(
            'min-h-0 min-w-0 flex-col border-l bg-surface',
            focus === 'side' ? 'flex w-full' : 'hidden md:flex',
            'md:absolute md:inset-y-0 md:right-0 md:w-[min(560px,90%)] md:shadow-float wide:static wide:shadow-none',
            wideSide ? 'wide:w-[46%]' : 'wide:w-80',
          )}
        >
          {side}
        </aside>
      ) : null}
    </div>
  )
}

interface PaneHeadProps {
  title: ReactNode
  back?: () => void
  children?: ReactNode
}

/** The line at the top of a pane; it leads back where panes are pages. */
export function PaneHead({ title, back, children }: PaneHeadProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b px-4">
      {back ? (
        <IconButton label="Back" size="icon-sm" className="-ml-2 md:hidden" onClick={back}>
          <ArrowLeft size={16} aria-hidden />
        </IconButton>
      ) : null}
      <div className="min-w-0 grow truncate font-medium">{title}</div>
      {children}
    </header>
  )
}
