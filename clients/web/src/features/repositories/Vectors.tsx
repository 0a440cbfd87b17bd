'use client'

import { type CodeIndex, knowledge } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pause, Play } from 'lucide-react'
import { count } from '@/ui/format'
import { MenuItem } from '@/ui/menu'
import { toast } from '@/ui/toast'

function problemOf(problem: Record<string, unknown> | null | undefined): string {
  return String(problem?.detail ?? problem?.title ?? 'It has failed.')
}

/** Why a repository is searched by words only, where no work on it is under way. */
export function VectorsNote({ index }: { index: CodeIndex | undefined }) {
  const vectors = index?.vectors
  if (!vectors || index.state !== 'ready') return null
  if (vectors.state === 'paused') {
    return (
      <p className="mt-2 text-xs text-quiet nums">
        {`Search by meaning is paused: ${count(vectors.done)} of ${count(vectors.total)} passages are ready.`}
      </p>
    )
  }
  if (vectors.state !== 'failed') return null
  return (
    <p className="mt-2 text-xs text-quiet">
      {`Search by words works; by meaning it does not: ${problemOf(vectors.problem)}`}
    </p>
  )
}

/** Pauses the making of vectors, or has it go on. */
export function VectorsItem({ index }: { index: CodeIndex | undefined }) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (paused: boolean) => knowledge.pauseVectors(index?.repository_id ?? '', paused),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['knowledge'] }),
    onError: (error: Error) => toast(error.message),
  })
  const vectors = index?.vectors
  if (!vectors || vectors.state === 'off') return null
  if (vectors.paused) {
    return (
      <MenuItem icon={<Play aria-hidden />} onSelect={() => change.mutate(false)}>
        Go on with search by meaning
      </MenuItem>
    )
  }
  if (vectors.state === 'ready') return null
  return (
    <MenuItem icon={<Pause aria-hidden />} onSelect={() => change.mutate(true)}>
      Pause search by meaning
    </MenuItem>
  )
}
