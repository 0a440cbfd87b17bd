'use client'

import { type Model, models } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Select } from '@/ui/select'
import { useDrafts } from './drafts'

function useConnected(): Model[] | undefined {
  return useQuery(models.list()).data?.filter((model) => model.connected)
}

/** The model that was chosen here, unless it is known not to answer; undefined: the default. */
export function useChosenModel(draft: string): string | undefined {
  const chosen = useDrafts((state) => state.models[draft])
  const connected = useConnected()
  return !connected || connected.some((model) => model.id === chosen) ? chosen : undefined
}

/** Whether there is a choice at all. */
export function useHasChoice(): boolean {
  return (useConnected() ?? []).length > 1
}

function nameOf({ id }: Model): string {
  return id === 'extractive' ? 'Passages only' : id.replace(/^openai:/, '')
}

function hintOf({ id, is_default }: Model): string | undefined {
  if (is_default) return 'answers by default'
  return id === 'extractive' ? 'extractive: no model writes' : undefined
}

/** Which model answers, kept for each conversation. */
export function ModelChoice({ draft }: { draft: string }) {
  const chosen = useChosenModel(draft)
  const choose = useDrafts((state) => state.choose)
  const options = (useConnected() ?? []).map((model) => ({
    // Who chose nothing follows the default, also when it changes.
    value: model.is_default ? '' : model.id,
    label: nameOf(model),
    hint: hintOf(model),
  }))
  return (
    <Select
      label="Model"
      className="max-w-48 min-w-0 border-transparent text-quiet"
      value={chosen ?? ''}
      onChange={(model) => choose(draft, model)}
      options={options}
    />
  )
}
