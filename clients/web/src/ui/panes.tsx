'use client'

import { ArrowLeft, PanelLeft, X } from 'lucide-react'
import {
  createContext,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  use,
  useEffect,
  useRef,
  useState,
} from 'react'
import { Button, IconButton } from './button'
import { cn } from './cn'
import { useEscape } from './escape'

interface Folded {
  label: string
  open: boolean
  show: () => void
}

/** The list that made room for the side panel and waits behind a button. */
const FoldedContext = createContext<Folded | null>(null)

interface PanesProps {
  /** What the page is, for those who hear it. */
  title: string
  list?: ReactNode
  listLabel?: string
  main: ReactNode
  side?: ReactNode
  sideLabel?: string
  onCloseSide?: () => void
  /** Which pane a narrow screen shows. */
  focus: 'list' | 'main' | 'side'
  /** The side panel is read as much as the thing itself: they share the width. */
  wideSide?: boolean
}

/** Whether the list lies over the page; it goes when one has chosen in it or turned elsewhere. */
function useFoldedList(label: string) {
  const section = useRef<HTMLElement>(null)
  const opener = useRef<Element>(null)
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (!open) return
    const find = (what: string) => section.current?.querySelector<HTMLElement>(what)
    ;(find('[aria-current]') ?? find('[data-row], input'))?.focus()
  }, [open])
  const close = () => setOpen(false)
  const onBlur = ({ relatedTarget, currentTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) close()
  }
  const onClick = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest('a')) close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open || event.key !== 'Escape') return
    event.preventDefault()
    close()
    if (opener.current instanceof HTMLElement) opener.current.focus()
  }
  const show = () => {
    opener.current = document.activeElement
    setOpen(true)
  }
  const folded: Folded = { label, open, show }
  return { folded, section, handlers: { onBlur, onClick, onKeyDown } }
}

function Side({ side, sideLabel, onCloseSide, focus, wideSide }: PanesProps) {
  return (
    <>
      <div
        aria-hidden
        onClick={onCloseSide}
        className="absolute inset-0 z-20 hidden bg-[oklch(0_0_0/0.4)] md:max-lg:block"
      />
      <aside
        aria-label={sideLabel}
        className={cn(
          'min-h-0 min-w-0 flex-col border-l bg-surface lg:static lg:flex lg:shrink-0',
          focus === 'side' ? 'flex w-full' : 'hidden md:flex',
          'md:max-lg:absolute md:max-lg:inset-y-0 md:max-lg:right-0 md:max-lg:z-20 md:max-lg:w-[min(600px,88%)] md:max-lg:shadow-float',
          wideSide ? 'lg:w-[52%] xl:w-[43%]' : 'lg:w-60 xl:w-80',
        )}
      >
        {side}
      </aside>
    </>
  )
}

/**
 * List, thing and side panel. From 1280 px on all stand side by side; from 1024 px on a wide side
 * panel folds the list away; below, it is a sheet; on a telephone each is a page of its own.
 */
export function Panes(props: PanesProps) {
  const { title, list, listLabel = '', main, side, focus, wideSide } = props
  const { folded, section, handlers } = useFoldedList(listLabel)
  const folds = Boolean(list && side && wideSide)
  return (
    <FoldedContext value={folds ? folded : null}>
      <div className="relative flex h-full min-h-0">
        {/* Still the main landmark where its panes make room for the side panel. */}
        <main className={cn('flex min-h-0 min-w-0 md:flex-1', focus === 'side' ? 'w-0' : 'flex-1')}>
          <h1 className="sr-only">{title}</h1>
          {list ? (
            <section
              ref={section}
              tabIndex={folds ? -1 : undefined}
              aria-label={listLabel}
              {...handlers}
              className={cn(
                'min-h-0 w-full shrink-0 flex-col border-r bg-ground md:flex md:w-64 xl:w-72',
                focus === 'list' ? 'flex' : 'hidden',
                side && 'xl:w-60',
                folds && 'lg:max-xl:absolute lg:max-xl:inset-y-0 lg:max-xl:left-0 lg:max-xl:z-20',
                folds &&
                  (folded.open ? 'lg:max-xl:w-72 lg:max-xl:shadow-float' : 'lg:max-xl:hidden'),
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
        {side ? <Side {...props} /> : null}
      </div>
    </FoldedContext>
  )
}

function FoldedListButton() {
  const folded = use(FoldedContext)
  if (!folded) return null
  return (
    // A tooltip would open as the focus comes back here, and take the next `Esc` for itself.
    <Button
      tone="quiet"
      size="icon-sm"
      aria-label={`Show the list: ${folded.label}`}
      title={`Show the list: ${folded.label}`}
      aria-expanded={folded.open}
      className="-ml-2 hidden lg:max-xl:inline-flex"
      onClick={folded.show}
    >
      <PanelLeft size={16} aria-hidden />
    </Button>
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
        <>
          <IconButton label="Back" size="icon-sm" className="-ml-2 md:hidden" onClick={back}>
            <ArrowLeft size={16} aria-hidden />
          </IconButton>
          <FoldedListButton />
        </>
      ) : null}
      <div className="min-w-0 grow truncate font-medium">{title}</div>
      {children}
    </header>
  )
}

interface SideHeadProps {
  title: ReactNode
  onClose: () => void
  children?: ReactNode
}

/** The line at the top of a side panel: `Esc`, and a button that says so where it covers the page. */
export function SideHead({ title, onClose, children }: SideHeadProps) {
  useEscape(onClose)
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b pr-2 pl-4">
      <Button tone="quiet" size="sm" className="-ml-2 md:hidden" onClick={onClose}>
        <ArrowLeft size={16} aria-hidden />
        Back
      </Button>
      <div className="min-w-0 grow truncate font-medium">{title}</div>
      {children}
      <Button size="sm" className="ml-1 max-md:hidden lg:hidden" onClick={onClose}>
        <X size={16} aria-hidden />
        Close
      </Button>
      <IconButton
        label="Close"
        keys="Esc"
        size="icon-sm"
        className="hidden lg:inline-flex"
        onClick={onClose}
      >
        <X size={16} aria-hidden />
      </IconButton>
    </header>
  )
}
