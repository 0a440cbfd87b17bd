'use client'

import { ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { count } from '@/ui/format'
import { useDrafts } from './drafts'

/** The server refuses more than this in one question, unless it was set up otherwise. */
const LONGEST_BYTES = 32_000
const encoder = new TextEncoder()
const TALLEST_PX = 320

interface AskBoxProps {
  /** Whose draft this is: a conversation, or the box that begins one. */
  draft: string
  placeholder: string
  onAsk: (text: string) => void
  onTyping?: () => void
  busy?: boolean
  big?: boolean
  /** Stands left of the send button. */
  beside?: ReactNode
  autoFocus?: boolean
}

/** By how much a question is too long; short ones are not measured with every letter. */
function bytesOver(text: string): number {
  // One UTF-16 unit becomes three bytes at most.
  if (text.length * 3 <= LONGEST_BYTES) return 0
  return Math.max(0, encoder.encode(text.trim()).length - LONGEST_BYTES)
}

function sends(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return false
  return event.metaKey || event.ctrlKey || !event.shiftKey
}

/** Where a question is written. What is typed stays until the server has it. */
export function AskBox({
  draft,
  placeholder,
  onAsk,
  onTyping,
  busy = false,
  big = false,
  beside,
  autoFocus,
}: AskBoxProps) {
  const text = useDrafts((state) => state.texts[draft] ?? '')
  const write = useDrafts((state) => state.write)
  const area = useRef<HTMLTextAreaElement>(null)
  const excess = bytesOver(text)
  const ready = text.trim() !== '' && !busy && excess === 0

  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(TALLEST_PX, element.scrollHeight)}px`
  }, [text])

  const ask = () => {
    if (ready) onAsk(text.trim())
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask()
      }}
      className="relative rounded-md border border-line-strong bg-surface transition-colors duration-100 focus-within:border-accent"
    >
      <textarea
        ref={area}
        aria-label="Question"
        rows={big ? 3 : 1}
        placeholder={placeholder}
        autoFocus={autoFocus}
        value={text}
        onChange={(event) => {
          write(draft, event.target.value)
          onTyping?.()
        }}
        onKeyDown={(event) => {
          if (!sends(event)) return
          event.preventDefault()
          ask()
        }}
        className={cn(
          'block w-full resize-none bg-transparent px-4 pt-3 outline-none',
          big ? 'pb-1 text-md' : 'pr-14 pb-3 text-base',
        )}
      />
      <div
        className={cn('flex items-center gap-2', big ? 'px-2 pb-2' : 'absolute right-2 bottom-2')}
      >
        {beside}
        <p className={cn('grow px-2 text-right text-xs', excess > 0 ? 'text-bad' : 'text-quiet')}>
          {excess > 0 ? (
            `Too long by ${count(excess)} bytes`
          ) : big && text ? (
            <span className="hidden sm:inline">Shift + Enter for a new line</span>
          ) : null}
        </p>
        <Button
          type="submit"
          tone="accent"
          size="icon"
          aria-label="Ask"
          disabled={!ready}
          busy={busy}
        >
          <ArrowUp size={16} aria-hidden />
        </Button>
      </div>
    </form>
  )
}
