'use client'

import { knowledge, type Hit, type Why as Reasons } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '@/ui/empty'
import { ProblemPanel } from '@/ui/problem'
import type { Asked } from './asked'

const MOST = 100
/** What a part of the score is, in words; what makes the least of all nothing says nothing. */
const PARTS: readonly (readonly [name: string, label: string])[] = [
  ['words', 'Its words fit'],
  ['meaning', 'It means the same'],
  ['name', 'Its name holds what was asked'],
  ['used', 'The best hits use it'],
  ['named', 'It was named'],
  ['prior', 'Tests, docs and the like step back'],
]

function Part({ label, value, most }: { label: string; value: number; most: number }) {
  const width = `${(Math.abs(value) / most) * 50}%`
  return (
    <>
      <dt>{label}</dt>
      <dd className="relative h-2 w-full self-center rounded-[2px] bg-wash-strong">
        <span className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
        <span
          className={value < 0 ? 'absolute inset-y-0 bg-warn' : 'absolute inset-y-0 bg-accent'}
          style={value < 0 ? { right: '50%', width } : { left: '50%', width }}
        />
      </dd>
      <dd className="text-right nums">{value.toFixed(2)}</dd>
    </>
  )
}

/** The parts of a score that say something, as bars to both sides of nothing. */
export function Parts({ why }: { why: Reasons }) {
  const parts = PARTS.map(([name, label]) => ({ label, value: why.parts[name] ?? 0 })).filter(
    ({ value }) => Math.abs(value) >= 0.005,
  )
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)), 0.01)
  return (
    <dl className="grid max-w-[560px] grid-cols-[minmax(0,1fr)_minmax(80px,200px)_48px] gap-x-4 gap-y-1 text-xs">
      {parts.map((part) => (
        <Part key={part.label} {...part} most={most} />
      ))}
    </dl>
  )
}

interface WhyProps {
  asked: Asked
  workspaceId: string
  hit: Hit
}

/** Why a hit stands where it stands. */
export function Why({ asked, workspaceId, hit }: WhyProps) {
  const { q, repositoryId, path, language } = asked
  const search = useQuery(
    knowledge.search({ q, workspaceId, repositoryId, path, language, limit: MOST, explain: true }),
  )
  const same = search.data?.hits.find(
    (one) =>
      one.repository_id === hit.repository_id && one.path === hit.path && one.start === hit.start,
  )
  return (
    <div className="relative z-10 border-t bg-wash px-4 py-3">
      {search.isPending ? <Skeleton className="h-16 w-full" /> : null}
      {search.error ? <ProblemPanel error={search.error} /> : null}
      {same?.why ? <Parts why={same.why} /> : null}
      {search.data && !same?.why ? (
        <p className="text-xs text-quiet">
          It is no longer among what is found: the code has changed meanwhile.
        </p>
      ) : null}
    </div>
  )
}
