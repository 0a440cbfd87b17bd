'use client'

import { type AnswerContext, chat, type ContextPart, type Message } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { cn } from '@/ui/cn'
import { count, lines, many } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import type { PeekLink } from './peek'

const WHY: Record<ContextPart['why'], (of: string) => string> = {
  named: () => 'named in the question',
  found: () => 'found by the search',
  readme: () => 'the readme',
  map: () => 'what other files refer to most',
  calls: (of) => `called by ${of}`,
  'called-by': (of) => `calls ${of}`,
  encloses: () => 'what it stands in',
  members: () => 'its members',
  imports: () => 'imports that it uses',
  instructions: () => 'what the repository tells assistants',
  overview: () => 'map of the repository',
}
/** Lines that are there because of the part above them. */
const BESIDE = new Set<ContextPart['why']>(['encloses', 'members', 'imports'])

interface PlaceProps {
  part: ContextPart
  hrefOf: PeekLink
}

function Place({ part, hrefOf }: PlaceProps) {
  const { path, start, end, repository_name } = part
  if (!path) return <span className="truncate">{repository_name}</span>
  // What is not told by its lines is opened from its first one.
  const spot = { ...part, path, start: start ?? 1, end: end ?? start ?? 1 }
  return (
    <Link
      href={hrefOf(spot)}
      scroll={false}
      className="truncate rounded-sm font-mono text-xs hover:underline"
    >
      {path}
      {start && end ? <span className="text-quiet">:{lines(start, end)}</span> : null}
    </Link>
  )
}

interface PartsProps {
  label: string
  parts: ContextPart[]
  hrefOf: PeekLink
}

function Parts({ label, parts, hrefOf }: PartsProps) {
  return (
    <ul aria-label={label}>
      {parts.map((part, at) => (
        <li
          key={at}
          data-why={part.why}
          className={cn(
            'grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 py-1 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,14rem)_4rem]',
            BESIDE.has(part.why) && 'pl-4',
          )}
        >
          <Place part={part} hrefOf={hrefOf} />
          <span className="row-start-2 truncate text-xs text-quiet sm:row-start-auto">
            {WHY[part.why](part.of ?? '')}
          </span>
          <span className="text-right text-xs text-quiet nums">{count(part.tokens)}</span>
        </li>
      ))}
    </ul>
  )
}

/** What stood in front of the code, and what of the parts is not told. */
function rest({ model, rules, history, said, hidden, budget }: AnswerContext): string[] {
  const told: string[] = []
  if (model) told.push(`Rules and instructions: ${many(rules, 'token')}.`)
  if (said > 0) told.push(`${many(said, 'earlier message')}: ${many(history, 'token')}.`)
  if (budget) told.push(`Room for ${many(budget, 'token')}, estimated.`)
  if (hidden > 0) told.push(`${many(hidden, 'part')} of repositories that you cannot see now.`)
  return told
}

function Content({ message, hrefOf }: SeenProps) {
  const { conversation_id, id, attempt } = message
  const { data, error, refetch } = useQuery(chat.context(conversation_id, id, attempt))
  if (error) return <ProblemPanel className="mt-2" error={error} retry={() => void refetch()} />
  if (!data) return <p className="mt-2 text-sm text-quiet">Reading…</p>
  const given = data.parts.filter((part) => part.given)
  const leftOut = data.parts.filter((part) => !part.given)
  const why = data.model ? 'No room for' : 'Found, and not laid out'
  return (
    <div className="mt-2 flex flex-col gap-3">
      <Parts label="What was given" parts={given} hrefOf={hrefOf} />
      {leftOut.length > 0 ? (
        <div>
          <h4 className="mb-1 text-xs font-medium text-quiet">{why}</h4>
          <Parts label={why} parts={leftOut} hrefOf={hrefOf} />
        </div>
      ) : null}
      <p className="text-xs text-quiet nums">{rest(data).join(' ')}</p>
    </div>
  )
}

interface SeenProps {
  message: Message
  hrefOf: PeekLink
}

/** What an answer was made from: each part, why it was there, and what was left out. */
export function Seen({ message, hrefOf }: SeenProps) {
  const [open, setOpen] = useState(false)
  if (message.context_tokens === null) return null
  const extractive = message.model === 'extractive'
  return (
    <section aria-label="What it was made from" className="mt-4 max-w-[72ch]">
      <button
        type="button"
        aria-expanded={open}
        className="-ml-1 flex items-center gap-1 rounded-sm px-1 text-xs font-medium text-quiet hover:text-text"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={16} aria-hidden className={cn('shrink-0', open && 'rotate-90')} />
        {extractive ? 'What this was made from' : 'What the model saw'}{' '}
        <span className="font-normal nums">· {many(message.context_tokens, 'token')}</span>
      </button>
      {open ? <Content message={message} hrefOf={hrefOf} /> : null}
    </section>
  )
}
