'use client'

import { type Deployment, models } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { ProblemPanel } from '@/ui/problem'
import { CheckpointFields, PathField } from './CheckpointFields'
import {
  type Checkpoint,
  checkpointBody,
  type CheckpointForm,
  checkpointMisfits,
  toCheckpointForm,
} from './checkpoints'

interface ChangeCheckpointProps {
  deployment: Deployment & { checkpoint: Checkpoint }
  name: string
  onDone: () => void
}

/** Say otherwise where a model of this server lies and how it runs. */
export function ChangeCheckpoint({ deployment, name, onDone }: ChangeCheckpointProps) {
  const queries = useQueryClient()
  // As it was when the dialog opened: of two who change it at once, the second is told.
  const [before] = useState(deployment)
  const [form, setForm] = useState<CheckpointForm>(() => toCheckpointForm(deployment.checkpoint))
  const [asked, setAsked] = useState(false)
  const save = useMutation({
    mutationFn: () =>
      models.changeDeployment(before.id, {
        version: before.version,
        checkpoint: checkpointBody(form),
      }),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(checkpointMisfits(form)).length === 0) save.mutate()
  }
  const fields = {
    form,
    wrong: asked ? checkpointMisfits(form) : {},
    change: (part: Partial<CheckpointForm>) => setForm((now) => ({ ...now, ...part })),
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={`How ${name} runs`}
      about="It is loaded anew for the next question."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <PathField {...fields} field="folder" label="Folder" hint="Its whole path on the server." />
        <CheckpointFields {...fields} />
        {save.error ? <ProblemPanel error={save.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
