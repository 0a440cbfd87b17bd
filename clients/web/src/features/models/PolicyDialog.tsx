'use client'

import { models, type PolicedKey } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Checkbox, Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { policyBody, policyForm, type PolicyForm, policyMisfits } from './policies'

interface PolicyDialogProps {
  policed: PolicedKey
  /** What can be asked for: aliases and models. */
  names: string[]
  onDone: () => void
}

interface FieldsProps {
  form: PolicyForm
  wrong: ReturnType<typeof policyMisfits>
  names: string[]
  change: (part: Partial<PolicyForm>) => void
}

const LIMITS: { field: 'rpm' | 'tpm' | 'day' | 'month'; label: string; hint: string }[] = [
  { field: 'rpm', label: 'Requests a minute', hint: 'Empty: no limit.' },
  { field: 'tpm', label: 'Tokens a minute', hint: 'Empty: no limit.' },
  { field: 'day', label: 'Budget of a day', hint: 'Dollars, days in UTC. Empty: no limit.' },
  { field: 'month', label: 'Budget of a month', hint: 'Dollars. Empty: no limit.' },
]

function ModelFields({ form, names, change }: FieldsProps) {
  const shown = [...new Set([...names, ...form.models])]
  const toggle = (name: string) =>
    change({
      models: form.models.includes(name)
        ? form.models.filter((one) => one !== name)
        : [...form.models, name],
    })
  return (
    <div className="flex flex-col gap-2">
      <Checkbox
        label="Only certain models"
        hint="Else all that its owner may ask."
        checked={form.only}
        onChange={(event) => change({ only: event.target.checked })}
      />
      {form.only ? (
        <fieldset className="ml-6 max-h-48 overflow-y-auto rounded-sm border p-3">
          <legend className="sr-only">Models that the key may ask</legend>
          <div className="flex flex-col gap-2">
            {shown.map((name) => (
              <Checkbox
                key={name}
                label={name}
                checked={form.models.includes(name)}
                onChange={() => toggle(name)}
              />
            ))}
            {shown.length === 0 ? (
              <p className="text-sm text-quiet">There are no models yet; so it may ask none.</p>
            ) : null}
          </div>
        </fieldset>
      ) : null}
    </div>
  )
}

function LimitFields({ form, wrong, change }: FieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {LIMITS.map(({ field, label, hint }) => (
        <Field key={field} label={label} hint={hint} error={wrong[field]}>
          {(wiring) => (
            <Input
              {...wiring}
              inputMode="decimal"
              autoComplete="off"
              className="nums"
              value={form[field]}
              onChange={(event) => change({ [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  )
}

/** Say which models the holder of a key may ask, how often, and for how much money. */
export function PolicyDialog({ policed, names, onDone }: PolicyDialogProps) {
  const queries = useQueryClient()
  const [before] = useState(policed.policy)
  const [form, setForm] = useState<PolicyForm>(() => policyForm(policed.policy))
  const [asked, setAsked] = useState(false)
  const save = useMutation({
    mutationFn: () => models.setPolicy(policed.id, policyBody(form, before.version ?? 0)),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(policyMisfits(form)).length === 0) save.mutate()
  }
  const fields = {
    form,
    names,
    wrong: asked ? policyMisfits(form) : {},
    change: (part: Partial<PolicyForm>) => setForm((now) => ({ ...now, ...part })),
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={`Limits of ${policed.name}`}
      about={`A key of ${policed.owner}. Limits hold from the next request on.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ModelFields {...fields} />
        <LimitFields {...fields} />
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
