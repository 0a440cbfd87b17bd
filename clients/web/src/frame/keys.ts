'use client'

import { atLeast } from '@samoey/api'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useLook, useSession } from '@/session'
import { usePalette } from './palette-store'
import { LOWER_PLACES, PLACES } from './places'

/** What asks is not for those who may only read. */
const ASKING = ['New conversation', 'Send a question', 'New line in a question']

/** The keys that one may use, as the help lists them. */
export function keysFor(mayAsk: boolean) {
  return KEYS.filter(([, does]) => mayAsk || !ASKING.includes(does))
}

const KEYS: readonly (readonly [string, string])[] = [
  ['mod+k', 'Find anything'],
  ['?', 'This list'],
  ['/', 'Search code'],
  ['c', 'New conversation'],
  ...[...PLACES, ...LOWER_PLACES].map((place) => [`g ${place.key}`, place.label] as const),
  ['[', 'Widen or narrow the rail'],
  ['Enter', 'Send a question'],
  ['Shift+Enter', 'New line in a question'],
  ['j', 'Next result, message or row'],
  ['k', 'Previous one'],
  ['Enter', 'Open the chosen one'],
  ['Esc', 'Close what lies on top'],
]

/** Where letters are text, they are no commands. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target.closest('.monaco-editor, [role="dialog"], [role="menu"]')
  ) {
    return true
  }
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

const PAIR_MS = 1200

function isFind(event: KeyboardEvent): boolean {
  return (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k'
}

function isChord(event: KeyboardEvent): boolean {
  return event.metaKey || event.ctrlKey || event.altKey
}

/** Move among the rows of the page: results, messages, files. */
function stepRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) =>
    row.checkVisibility(),
  )
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Listen for the keys of the whole product. */
export function useKeys(): void {
  const router = useRouter()
  const pressedG = useRef(0)
  const toggleRail = useLook((state) => state.toggleRail)
  const mayAsk = atLeast(useSession().workspace.role, 'member')
  const { show, showKeys } = usePalette()

  const actions: Record<string, () => void> = {
    '?': showKeys,
    '/': () => router.push('/search/'),
    ...(mayAsk ? { c: () => router.push('/conversations/?new=1') } : {}),
    '[': toggleRail,
    j: () => stepRow(1),
    k: () => stepRow(-1),
  }

  const place = (key: string) => [...PLACES, ...LOWER_PLACES].find((one) => one.key === key)

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (isFind(event)) {
      event.preventDefault()
      show()
      return
    }
    if (isChord(event) || isTyping(event.target)) return
    const afterG = pressedG.current > 0 && event.timeStamp - pressedG.current < PAIR_MS
    pressedG.current = event.key === 'g' ? event.timeStamp : 0
    const target = afterG ? place(event.key) : undefined
    const act = target ? () => router.push(target.href) : actions[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })

  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
}
