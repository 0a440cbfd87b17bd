'use client'

import { models, type Provider } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { SkeletonRows } from '@/ui/empty'
import { Checkbox, Field, Input } from '@/ui/field'
import { many } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { EVERY } from './deployments'

const SHOWN = 200

interface AddModelsProps {
  provider: Provider
  /** The models of it that can be asked already. */
  there: string[]
  onDone: () => void
}

interface ListProps {
  offered: string[]
  chosen: ReadonlySet<string>
  toggle: (model: string) => void
}

/** What the vendor lists, to choose from; long lists are narrowed by typing. */
function OfferedList({ offered, chosen, toggle }: ListProps) {
  const [typed, setTyped] = useState('')
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const fitting = offered.filter((one) => words.every((word) => one.toLowerCase().includes(word)))
  if (offered.length === 0) {
    return <p className="text-sm text-quiet">It lists no model that is not here already.</p>
  }
  return (
    <>
      <Field label="Narrow the list">
        {(wiring) => (
          <Input
            {...wiring}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <fieldset className="max-h-64 overflow-y-auto rounded-sm border p-3">
        <legend className="sr-only">Models of the provider</legend>
        <div className="flex flex-col gap-2">
          {fitting.slice(0, SHOWN).map((model) => (
            <Checkbox
              key={model}
              label={model}
              checked={chosen.has(model)}
              onChange={() => toggle(model)}
            />
          ))}
        </div>
        {fitting.length === 0 ? <p className="text-sm text-quiet">None is called so.</p> : null}
        {fitting.length > SHOWN ? (
          <p className="mt-2 text-xs text-quiet">
            {many(fitting.length - SHOWN, 'more model')}; type to narrow the list.
          </p>
        ) : null}
      </fieldset>
    </>
  )
}

function useAdding(provider: Provider, onDone: () => void) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (chosen: string[]) => {
      for (const model of chosen) {
        await models.addDeployment({
          workspace_id: workspace.id,
          provider_id: provider.id,
          model,
        })
      }
    },
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
}

/** Choose which models of a provider may be asked. */
export function AddModels({ provider, there, onDone }: AddModelsProps) {
  const listed = useQuery(models.listedBy(provider.id))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [named, setNamed] = useState('')
  const add = useAdding(provider, onDone)
  // The environment connects every model of it.
  const given = provider.source === 'environment'
  const toggle = (model: string) => {
    const next = new Set(chosen)
    if (!next.delete(model)) next.add(model)
    setChosen(next)
  }
  const wanted = [...new Set([...chosen, named.trim()])].filter(
    (model) => model && !there.includes(model),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(wanted)
  }
  const offered = (listed.data ?? []).map(({ id }) => id).filter((id) => !there.includes(id))
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={`Models of ${provider.name}`}
      about={
        given
          ? 'All of them can be asked anyway; what is added here can stand behind an alias.'
          : 'Only what is chosen here can be asked, by people and by programs.'
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        {given || there.includes(EVERY) ? null : (
          <Checkbox
            label="Every model that it has"
            hint="Also those that it gets later."
            checked={chosen.has(EVERY)}
            onChange={() => toggle(EVERY)}
          />
        )}
        {listed.isPending ? <SkeletonRows rows={4} /> : null}
        {listed.error ? (
          <ProblemPanel error={listed.error} retry={() => void listed.refetch()} />
        ) : null}
        {listed.data ? <OfferedList offered={offered} chosen={chosen} toggle={toggle} /> : null}
        <Field label="Another one" optional hint="As the provider calls it.">
          {(wiring) => (
            <Input
              {...wiring}
              spellCheck={false}
              maxLength={200}
              value={named}
              onChange={(event) => setNamed(event.target.value)}
            />
          )}
        </Field>
        {add.error ? <ProblemPanel error={add.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>{there.length > 0 ? 'Cancel' : 'Later'}</Button>
          <Button type="submit" tone="accent" busy={add.isPending} disabled={wanted.length === 0}>
            {wanted.length > 1 ? `Add ${wanted.length} models` : 'Add the model'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
