'use client'

import { type Deployment, models } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { type DeploymentForm, type Known, misfitsOf, toChange, toForm } from './deployments'

const KNOWN: { value: Known; label: string }[] = [
  { value: '', label: 'Not known' },
  { value: 'yes', label: 'Takes them' },
  { value: 'no', label: 'Does not' },
]

interface FieldsProps {
  form: DeploymentForm
  wrong: Partial<Record<keyof DeploymentForm, string>>
  change: (part: Partial<DeploymentForm>) => void
}

interface NumberFieldProps extends FieldsProps {
  field: 'contextTokens' | 'input' | 'output' | 'maxParallel'
  label: string
  hint: string
}

function NumberField({ field, label, hint, form, wrong, change }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint} error={wrong[field]}>
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
  )
}

function Fields(props: FieldsProps) {
  const { form, change } = props
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <NumberField
        {...props}
        field="contextTokens"
        label="Context"
        hint="Tokens; empty: not known."
      />
      <NumberField
        {...props}
        field="maxParallel"
        label="At once"
        hint="Requests; empty: any number."
      />
      <NumberField
        {...props}
        field="input"
        label="Price of input"
        hint="Dollars per million tokens."
      />
      <NumberField
        {...props}
        field="output"
        label="Price of output"
        hint="Dollars per million tokens."
      />
      <Field label="Tools">
        {(wiring) => (
          <Select
            {...wiring}
            value={form.tools}
            onChange={(tools) => change({ tools: tools as Known })}
            options={KNOWN}
          />
        )}
      </Field>
      <Field label="Images">
        {(wiring) => (
          <Select
            {...wiring}
            value={form.vision}
            onChange={(vision) => change({ vision: vision as Known })}
            options={KNOWN}
          />
        )}
      </Field>
    </div>
  )
}

interface ChangeDeploymentProps {
  deployment: Deployment
  name: string
  onDone: () => void
}

/** Say what is known of a model; routing and budgets go by it. */
export function ChangeDeployment({ deployment, name, onDone }: ChangeDeploymentProps) {
  const queries = useQueryClient()
  const [before] = useState(deployment)
  const [form, setForm] = useState<DeploymentForm>(() => toForm(deployment))
  const [asked, setAsked] = useState(false)
  const wrong = asked ? misfitsOf(form) : {}
  const save = useMutation({
    mutationFn: () => models.changeDeployment(before.id, toChange(form, before)),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(misfitsOf(form)).length === 0) save.mutate()
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={name}
      about="What is written here goes before what is known of the model anyway. Routing, budgets and costs go by it."
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Fields
          form={form}
          wrong={wrong}
          change={(part) => setForm((now) => ({ ...now, ...part }))}
        />
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
