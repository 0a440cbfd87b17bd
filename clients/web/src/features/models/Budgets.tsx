'use client'

import { models, type PolicedKey, type UsageRow } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { Empty, SkeletonRows } from '@/ui/empty'
import { ago, moment } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { policyFacts, type Spending, spendingOf, spendingWords } from './policies'
import { PolicyDialog } from './PolicyDialog'
import { dayBegin, monthBegin } from './times'

/** How much of a budget is spent; a plain figure where there is none. */
function SpendingBar({ spending, of }: { spending: Spending; of: string }) {
  const { label, spent, most } = spending
  const part = most === null ? 0 : most === 0 ? 1 : Math.min(1, spent / most)
  const words = spendingWords(spending)
  return (
    <div className="min-w-0 grow basis-56">
      <div className="flex justify-between gap-4 text-xs nums">
        <span className="text-quiet">{label}</span>
        <span className={part >= 1 ? 'font-medium text-bad' : 'text-quiet'}>{words}</span>
      </div>
      {most === null ? null : (
        <div
          role="meter"
          aria-label={`${label}, ${of}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(part * 100)}
          aria-valuetext={words}
          className="mt-1 h-1 overflow-hidden rounded-full bg-wash-strong"
        >
          <div
            className={cn('h-full', part >= 1 ? 'bg-bad' : part >= 0.8 ? 'bg-warn' : 'bg-accent')}
            style={{ width: `${part * 100}%` }}
          />
        </div>
      )}
    </div>
  )
}

interface KeyRowProps {
  policed: PolicedKey
  today: UsageRow[]
  month: UsageRow[]
  onChange: (() => void) | null
}

function KeyRow({ policed, today, month, onChange }: KeyRowProps) {
  const { name, prefix, owner, last_used_at, expires_at, policy } = policed
  const facts = policyFacts(policy)
  return (
    <li className="flex items-start gap-3 border-b py-4 last:border-b-0" data-key={name}>
      <KeyRound size={20} aria-hidden className="mt-0.5 shrink-0 text-quiet max-sm:hidden" />
      <div className="min-w-0 grow">
        <h2 className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium break-words">{name}</span>
          <span className="font-mono text-xs text-quiet">{prefix}…</span>
        </h2>
        <p className="text-xs text-quiet">
          {owner}, {last_used_at ? `used ${ago(last_used_at)}` : 'never used'}
          {expires_at ? `, until ${moment(expires_at)}` : ''}
        </p>
        <p className="mt-1 text-sm">
          {facts.length > 0 ? facts.join(' · ') : 'every model, as often as its owner likes'}
        </p>
        <div className="mt-2 flex flex-wrap gap-x-8 gap-y-2">
          {spendingOf(policed, today, month).map((spending) => (
            <SpendingBar key={spending.label} spending={spending} of={name} />
          ))}
        </div>
      </div>
      {onChange ? (
        <Button size="sm" onClick={onChange}>
          <span>
            Limits<span className="sr-only"> of {name}</span>…
          </span>
        </Button>
      ) : null}
    </li>
  )
}

/** Everything about keys, once all of it is known. */
function useKeys() {
  const policies = useQuery(models.policies())
  const today = useQuery(models.usage('key', dayBegin()))
  const month = useQuery(models.usage('key', monthBegin()))
  const known = policies.data && today.data && month.data
  return {
    keys: known ? { policies: policies.data, today: today.data, month: month.data } : null,
    error: policies.error ?? today.error ?? month.error,
    again: () => void Promise.all([policies.refetch(), today.refetch(), month.refetch()]),
  }
}

/** The names that a key may be limited to. */
function useNames(): string[] {
  const list = useQuery(models.list()).data ?? []
  const aliases = useQuery(models.aliases()).data ?? []
  const written = list.map(({ id }) => id).filter((id) => id !== 'extractive')
  return [...new Set([...aliases.map(({ name }) => name), ...written])]
}

/** What programs may ask with the keys that they were given, and what it has cost. */
export function Budgets({ mayChange }: { mayChange: boolean }) {
  const { keys, error, again } = useKeys()
  const names = useNames()
  const [changing, setChanging] = useState<string | null>(null)
  if (error) return <ProblemPanel error={error} retry={again} />
  if (!keys) return <SkeletonRows rows={3} />
  const changed = keys.policies.find(({ id }) => id === changing)
  if (keys.policies.length === 0) {
    return (
      <Empty
        icon={<KeyRound size={20} aria-hidden />}
        title="No keys yet"
        act={
          <Button asChild tone="accent">
            <Link href="/settings/?tab=keys">Make a key</Link>
          </Button>
        }
      >
        With a key a program asks the models here, in OpenAI’s or Anthropic’s words. What it may ask
        and spend stands here then.
      </Empty>
    )
  }
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-[72ch] text-sm text-quiet">
        {mayChange ? 'The keys of everybody in the workspace' : 'Your keys'}, with what they may ask
        and spend. Days and months begin at midnight UTC. Keys are made under{' '}
        <Link href="/settings/?tab=keys" className="text-accent underline underline-offset-2">
          Settings
        </Link>
        .
      </p>
      <ul>
        {keys.policies.map((policed) => (
          <KeyRow
            key={policed.id}
            policed={policed}
            today={keys.today}
            month={keys.month}
            onChange={mayChange ? () => setChanging(policed.id) : null}
          />
        ))}
      </ul>
      {changed ? (
        <PolicyDialog policed={changed} names={names} onDone={() => setChanging(null)} />
      ) : null}
    </div>
  )
}
