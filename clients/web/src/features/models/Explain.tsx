'use client'

import { type Explained, models } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { Chip } from '@/ui/chip'
import { cn } from '@/ui/cn'
import { SkeletonRows } from '@/ui/empty'
import { Checkbox, Field, Input } from '@/ui/field'
import { many } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { toWhole } from './deployments'

interface ExplainProps {
  /** What may be asked for: aliases first. */
  asked: string[]
  name: string
  onName: (name: string) => void
}

type Candidate = Explained['candidates'][number]

const BREAKERS: Record<string, string> = { open: 'rests', 'half-open': 'is tried again' }

function CandidateRow({ candidate, place }: { candidate: Candidate; place: number }) {
  const { asked, breaker, first_ms, in_hand } = candidate
  const facts = [
    first_ms === null ? '' : `first token after ${Math.round(first_ms)} ms`,
    in_hand > 0 ? many(in_hand, 'request') + ' in hand' : '',
  ].filter(Boolean)
  return (
    <li className="flex items-baseline gap-3 border-b py-2 last:border-b-0">
      <span className="w-4 shrink-0 text-xs text-quiet nums">{asked ? place : '–'}</span>
      <div className="min-w-0 grow">
        <p className={cn('text-sm break-words', asked ? 'font-medium' : 'text-quiet')}>
          {candidate.provider}/{candidate.model}
        </p>
        <p className="text-xs text-quiet">{[candidate.reason, ...facts].join(' · ')}</p>
      </div>
      {BREAKERS[breaker] ? <Chip tone="warn">{BREAKERS[breaker]}</Chip> : null}
      {asked ? (
        place === 1 ? (
          <Chip tone="good">chosen</Chip>
        ) : (
          <Chip>if those before cannot</Chip>
        )
      ) : (
        <Chip>not asked</Chip>
      )}
    </li>
  )
}

/** What would be chosen now for a name, and why. */
export function Explain({ asked, name, onName }: ExplainProps) {
  const [tokens, setTokens] = useState('')
  const [tools, setTools] = useState(false)
  const [vision, setVision] = useState(false)
  const typed = toWhole(tokens)
  const length = useDeferredValue(Number.isNaN(typed) ? 0 : (typed ?? 0))
  const told = useQuery(models.explain(name, { tokens: length, tools, vision }))
  return (
    <section aria-labelledby="explain" className="mt-4">
      <h2 id="explain" className="mb-1 text-sm font-semibold">
        Who would answer now
      </h2>
      <p className="mb-4 max-w-[72ch] text-sm text-quiet">
        As the rules and the state of the models are at this moment; nobody is asked.
      </p>
      <div className="mb-3 flex flex-wrap items-end gap-4">
        <Field label="Asked for" className="w-64 max-w-full">
          {(wiring) => (
            <Select
              {...wiring}
              value={name}
              onChange={onName}
              options={asked.map((one) => ({ value: one, label: one }))}
            />
          )}
        </Field>
        <Field
          label="Length of the prompt"
          className="w-40"
          error={Number.isNaN(typed) ? 'A whole number.' : null}
        >
          {(wiring) => (
            <Input
              {...wiring}
              inputMode="numeric"
              placeholder="tokens"
              className="nums"
              value={tokens}
              onChange={(event) => setTokens(event.target.value)}
            />
          )}
        </Field>
        <div className="flex h-8 items-center gap-4">
          <Checkbox
            label="with tools"
            checked={tools}
            onChange={(event) => setTools(event.target.checked)}
          />
          <Checkbox
            label="with images"
            checked={vision}
            onChange={(event) => setVision(event.target.checked)}
          />
        </div>
      </div>
      {told.isPending ? <SkeletonRows rows={2} /> : null}
      {told.error ? <ProblemPanel error={told.error} retry={() => void told.refetch()} /> : null}
      <ol aria-label={`Who would answer for ${name}`}>
        {told.data?.candidates.map((candidate, at) => (
          <CandidateRow key={candidate.deployment_id} candidate={candidate} place={at + 1} />
        ))}
      </ol>
    </section>
  )
}
