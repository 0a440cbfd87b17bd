'use client'

import { Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { cn } from '@/ui/cn'
import { Kbd } from '@/ui/kbd'
import { type CommandItem, grouped, matching, useCommands, VERBS } from './commands'
import { usePalette } from './palette-store'

interface RowProps {
  item: CommandItem
  chosen: boolean
  onChoose: () => void
  onRun: () => void
}

function Row({ item, chosen, onChoose, onRun }: RowProps) {
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const Sign = item.sign
  return (
    <li
      ref={row}
      id={`command-${item.id}`}
      role="option"
      aria-selected={chosen}
      onPointerMove={onChoose}
      onClick={onRun}
      className={cn(
        'flex h-9 cursor-default items-center gap-3 rounded-sm px-3 text-sm',
        chosen && 'bg-wash-strong',
      )}
    >
      <Sign size={16} aria-hidden className="shrink-0 text-quiet" />
      <span className="grow truncate">{item.label}</span>
      {/* One column says what happens: to the chosen one by Enter, to others by their own keys. */}
      <span className="flex shrink-0 items-center gap-2 text-xs text-quiet">
        {chosen ? (
          <>
            {VERBS[item.group]} <Kbd keys="Enter" />
          </>
        ) : item.keys ? (
          <Kbd keys={item.keys} />
        ) : null}
      </span>
    </li>
  )
}

function Commands({ onDone }: { onDone: () => void }) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const groups = grouped(matching(useCommands(typed), typed))
  const items = groups.flatMap((group) => group.items)
  const chosen = items[Math.min(at, items.length - 1)]

  const run = (item: CommandItem | undefined) => {
    if (!item) return
    onDone()
    item.run()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setAt((Math.min(at, items.length - 1) + step + items.length) % items.length)
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(chosen)
    }
  }

  return (
    <>
      <div className="flex items-center gap-3 border-b px-4">
        <Search size={16} aria-hidden className="shrink-0 text-quiet" />
        <input
          role="combobox"
          aria-label="Find anything"
          aria-expanded
          aria-controls="commands"
          aria-activedescendant={chosen ? `command-${chosen.id}` : undefined}
          autoFocus
          spellCheck={false}
          placeholder="Page, repository, conversation…"
          className="h-12 w-full bg-transparent text-md outline-none"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
      </div>
      <div
        id="commands"
        role="listbox"
        aria-label="Results"
        className="max-h-[min(50dvh,480px)] overflow-y-auto px-2 pb-2"
      >
        {groups.map(({ group, items: those }) => (
          <ul key={group} role="group" aria-labelledby={`commands-${group}`}>
            <li
              role="presentation"
              id={`commands-${group}`}
              className="px-3 pt-3 pb-1 text-xs font-medium text-quiet"
            >
              {group}
            </li>
            {those.map((item) => (
              <Row
                key={item.id}
                item={item}
                chosen={item === chosen}
                onChoose={() => setAt(items.indexOf(item))}
                onRun={() => run(item)}
              />
            ))}
          </ul>
        ))}
      </div>
    </>
  )
}

/** Reaches everything: `Ctrl/Cmd+K`. */
export function Palette() {
  const { palette, hide } = usePalette()
  return (
    <Dialog.Root open={palette} onOpenChange={(open) => (open ? undefined : hide())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[oklch(0_0_0/0.4)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-40 w-[calc(100%-32px)] max-w-[560px] -translate-x-1/2 animate-appear overflow-hidden rounded-md bg-raised shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          <Commands onDone={hide} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
