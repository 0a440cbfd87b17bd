'use client'

import { chat } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { count } from '@/ui/format'
import { useDrafts } from './drafts'
import { ModelChoice, useChosenModel, useHasChoice } from './ModelChoice'

const encoder = new TextEncoder()
const TALLEST_PX = 320

interface AskBoxProps {
  /** Whose draft this is: a conversation, or the box that begins one. */
  draft: string
  placeholder: string
  onAsk: (text: string, model?: string) => void
  onTyping?: () => void
  busy?: boolean
  big?: boolean
  /** Stands below the words. */
  beside?: ReactNode
  autoFocus?: boolean
}

/** By how much a question is too long; short ones are not measured with every letter. */
function bytesOver(text: string, most: number): number {
  // One UTF-16 unit becomes three bytes at most.
  if (text.length * 3 <= most) return 0
  return Math.max(0, encoder.encode(text.trim()).length - most)
}

function sends(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return false
  return event.metaKey || event.ctrlKey || !event.shiftKey
}

/** What stands beside the button: that it is too much, or how to write more lines. */
function Remark({ excess, hint }: { excess: number; hint: boolean }) {
  return (
    <p className={cn('grow text-right text-xs sm:px-2', excess > 0 ? 'text-bad' : 'text-quiet')}>
      {excess > 0 ? `Too long by ${count(excess)} bytes` : null}
      {hint && excess === 0 ? (
        <span className="hidden sm:inline">Shift + Enter for a new line</span>
      ) : null}
    </p>
  )
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
  // Until the server said how much it takes, it alone judges.
  const most = useQuery(chat.limits()).data?.message_max_bytes ?? Number.POSITIVE_INFINITY
  const excess = bytesOver(text, most)
  const model = useChosenModel(draft)
  const hasChoice = useHasChoice()
  const tall = big || hasChoice
  const ready = text.trim() !== '' && !busy && excess === 0

  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(TALLEST_PX, element.scrollHeight)}px`
  }, [text])

  const ask = () => {
    if (ready) onAsk(text.trim(), model)
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
          big ? 'text-md' : 'text-base',
          tall ? 'pb-1' : 'pr-14 pb-3',
        )}
      />
      <div
        className={cn(
          'flex items-center gap-1 sm:gap-2',
          tall ? 'px-2 pb-2' : 'absolute right-2 bottom-2',
        )}
      >
        {beside}
        {hasChoice ? <ModelChoice draft={draft} /> : null}
        <Remark excess={excess} hint={big && text !== ''} />
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
