'use client'

import { models, type Problem, type Provider, type Trial } from '@samoey/api'
import { useMutation } from '@tanstack/react-query'
import { CircleCheck, Zap } from 'lucide-react'
import { Button } from '@/ui/button'
import { count } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'

/** One tiny real request to a provider, and how it went. */
export function useTrial(provider: Provider) {
  const trial = useMutation({
    mutationFn: ({ id }: Provider) => models.tryOut(id, null),
  })
  // What came of another key or address says nothing about this one.
  const current = trial.variables?.version === provider.version
  return { ...trial, data: current ? trial.data : undefined, error: current ? trial.error : null }
}

type TrialState = ReturnType<typeof useTrial>

export function TryButton({ provider, trial }: { provider: Provider; trial: TrialState }) {
  return (
    <Button size="sm" busy={trial.isPending} onClick={() => trial.mutate(provider)}>
      <Zap size={16} aria-hidden />
      <span>
        {trial.isPending ? 'Trying…' : 'Try it'}
        <span className="sr-only"> at {provider.name}</span>
      </span>
    </Button>
  )
}

function Outcome({ trial }: { trial: Trial }) {
  if (trial.problem) {
    return (
      <>
        <ProblemPanel error={trial.problem as unknown as Problem} />
        <p className="mt-1 pl-[13px] text-xs text-quiet">Tried for {count(trial.ms)} ms.</p>
      </>
    )
  }
  return (
    <p className="flex items-center gap-2 text-sm">
      <CircleCheck size={16} aria-hidden className="shrink-0 text-good" />
      <span>
        <span className="font-medium">{trial.model}</span> answered in {count(trial.ms)} ms.
      </span>
    </p>
  )
}

/** What came of trying; said aloud when it comes. */
export function TrialOutcome({ trial }: { trial: TrialState }) {
  return (
    <div role="status">
      {trial.data && !trial.isPending ? (
        <div className="mt-3">
          <Outcome trial={trial.data} />
        </div>
      ) : null}
      {trial.error ? <ProblemPanel className="mt-3" error={trial.error} /> : null}
    </div>
  )
}
