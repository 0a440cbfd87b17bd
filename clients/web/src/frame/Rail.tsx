'use client'

import { Command, PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useLook } from '@/session'
import { IconButton } from '@/ui/button'
import { cn } from '@/ui/cn'
import { Mark } from '@/ui/mark'
import { Tooltip } from '@/ui/tooltip'
import { usePalette } from './palette-store'
import { isHere, LOWER_PLACES, type Place, PLACES } from './places'
import { PersonMenu } from './PersonMenu'

function RailLink({ place, open }: { place: Place; open: boolean }) {
  const here = isHere(place, usePathname())
  const Sign = place.sign
  const link = (
    <Link
      href={place.href}
      aria-label={open ? undefined : place.label}
      aria-current={here ? 'page' : undefined}
      className={cn(
        'flex h-8 items-center gap-3 rounded-sm px-2 text-sm text-quiet hover:bg-wash-strong hover:text-text',
        here && 'bg-wash-strong font-medium text-text',
      )}
    >
      <Sign size={16} aria-hidden className={cn('shrink-0', here && 'text-accent')} />
      {open ? place.label : null}
    </Link>
  )
  if (open) return link
  return (
    <Tooltip text={place.label} keys={`g ${place.key}`} side="right">
      {link}
    </Tooltip>
  )
}

/** The narrow strip that is always there. */
export function Rail() {
  const { railOpen, toggleRail } = useLook()
  const show = usePalette((state) => state.show)
  return (
    <nav
      aria-label="Main"
      className={cn(
        'hidden shrink-0 flex-col gap-1 border-r bg-ground px-2 py-3 md:flex',
        railOpen ? 'w-48' : 'w-[49px]',
      )}
    >
      <Link
        href="/"
        aria-label="Samoey Copilot, home"
        className="mb-2 flex h-8 items-center gap-2 rounded-sm px-1 font-semibold"
      >
        <Mark />
        {railOpen ? 'Samoey' : null}
      </Link>
      {PLACES.map((place) => (
        <RailLink key={place.href} place={place} open={railOpen} />
      ))}
      <div className="grow" />
      <IconButton label="Find anything" keys="mod+k" side="right" onClick={show}>
        <Command size={16} aria-hidden />
      </IconButton>
      {LOWER_PLACES.map((place) => (
        <RailLink key={place.href} place={place} open={railOpen} />
      ))}
      <IconButton
        label={railOpen ? 'Narrow the rail' : 'Widen the rail'}
        keys="["
        side="right"
        onClick={toggleRail}
      >
        {railOpen ? (
          <PanelLeftClose size={16} aria-hidden />
        ) : (
          <PanelLeftOpen size={16} aria-hidden />
        )}
      </IconButton>
      <PersonMenu />
    </nav>
  )
}

/** The same places on a narrow screen, under the thumb. */
export function BottomBar() {
  const pathname = usePathname()
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 justify-around border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PLACES.map((place) => {
        const here = isHere(place, pathname)
        const Sign = place.sign
        return (
          <Link
            key={place.href}
            href={place.href}
            aria-current={here ? 'page' : undefined}
            className={cn(
              'flex h-12 min-w-16 flex-col items-center justify-center gap-0.5 text-xs text-quiet',
              here && 'text-accent',
            )}
          >
            <Sign size={20} aria-hidden />
            <span className="sr-only">{place.label}</span>
          </Link>
        )
      })}
      <div className="flex h-12 items-center">
        <PersonMenu withPlaces />
      </div>
    </nav>
  )
}
