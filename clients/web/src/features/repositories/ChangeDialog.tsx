'use client'

import { repositories, type Repository } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { fromRepository, type SourceForm, toChange } from './form'
import { AccessFields, ScopeFields } from './SourceFields'

interface ChangeDialogProps {
  repository: Repository
  onDone: () => void
}

/** Another name, branch, paths, schedule or credential. */
export function ChangeDialog({ repository, onDone }: ChangeDialogProps) {
  const queries = useQueryClient()
  const [form, setForm] = useState<SourceForm>(() => fromRepository(repository))
  const change = (part: Partial<SourceForm>) => setForm({ ...form, ...part })
  const save = useMutation({
    mutationFn: () => repositories.change(repository.id, toChange(form, repository)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['repositories'] })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog open wide onOpenChange={onDone} title={repository.name} about={repository.source}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name">
          {(wiring) => (
            <Input
              {...wiring}
              required
              maxLength={200}
              value={form.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <ScopeFields form={form} change={change} />
        <AccessFields form={form} change={change} keeps={repository.has_credential} />
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
