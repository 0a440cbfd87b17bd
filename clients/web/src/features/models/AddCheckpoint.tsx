'use client'

import { models, type Provider } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { SkeletonRows } from '@/ui/empty'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { CheckpointFields, PathField } from './CheckpointFields'
import { checkpointBody, checkpointMisfits, NEW_CHECKPOINT, nameOfFolder } from './checkpoints'
import { freeName } from './known'

interface AddCheckpointProps {
  provider: Provider
  /** The models of it that can be asked already. */
  there: string[]
  onDone: () => void
}

interface FoundProps {
  provider: Provider
  chosen: string
  choose: (folder: string) => void
}

/** The folders with a model in them, where the server takes models from. */
function FoundFolders({ provider, chosen, choose }: FoundProps) {
  const found = useQuery(models.listedBy(provider.id))
  if (found.isPending) return <SkeletonRows rows={2} />
  if (found.error) return <ProblemPanel error={found.error} retry={() => void found.refetch()} />
  if (found.data.length === 0) {
    return (
      <p className="text-sm text-quiet">
        No model lies where the server takes them from: the folder{' '}
        <code className="text-xs">checkpoints</code> in its home, unless its settings name others.
        Put one there, weights as safetensors, and open this again.
      </p>
    )
  }
  return (
    <fieldset className="max-h-48 overflow-y-auto rounded-sm border p-3">
      <legend className="sr-only">Models found on the server</legend>
      <div className="flex flex-col gap-2">
        {found.data.map(({ id }) => (
          <label key={id} className="flex items-start gap-2">
            <input
              type="radio"
              name="folder"
              className="mt-[3px] size-4 shrink-0 accent-accent"
              checked={chosen === id}
              onChange={() => choose(id)}
            />
            <span className="min-w-0 text-sm">
              {nameOfFolder(id)}
              <span className="block font-mono text-xs break-all text-quiet">{id}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** Choose a folder of the server with a model in it, and say how it shall run. */
export function AddCheckpoint({ provider, there, onDone }: AddCheckpointProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [form, setForm] = useState(NEW_CHECKPOINT)
  // Until somebody types a name, the folder gives it.
  const [named, setNamed] = useState<string | null>(null)
  const [asked, setAsked] = useState(false)
  const given = nameOfFolder(form.folder)
  const name = named ?? (given && freeName(given, there))
  const add = useMutation({
    mutationFn: () =>
      models.addDeployment({
        workspace_id: workspace.id,
        provider_id: provider.id,
        model: name.trim(),
        checkpoint: checkpointBody(form),
      }),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const change = (part: Partial<typeof form>) => setForm((now) => ({ ...now, ...part }))
  const wrong = asked ? checkpointMisfits(form) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(checkpointMisfits(form)).length === 0) add.mutate()
  }
  const fields = { form, wrong, change }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={`A model of ${provider.name}`}
      about="A folder of the server with a model of Hugging Face’s, or one that your team tuned."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <FoundFolders
          provider={provider}
          chosen={form.folder}
          choose={(folder) => change({ folder })}
        />
        <PathField {...fields} field="folder" label="Folder" hint="Its whole path on the server." />
        <Field label="Name" hint={`It is asked for as ${provider.name}/name.`}>
          {(wiring) => (
            <Input
              {...wiring}
              required
              spellCheck={false}
              maxLength={200}
              value={name}
              onChange={(event) => setNamed(event.target.value)}
            />
          )}
        </Field>
        <CheckpointFields {...fields} />
        {add.error ? <ProblemPanel error={add.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>{there.length > 0 ? 'Cancel' : 'Later'}</Button>
          <Button type="submit" tone="accent" busy={add.isPending}>
            Add the model
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
