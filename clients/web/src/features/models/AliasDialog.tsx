'use client'

import { type Alias, models } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Checkbox, Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import {
  aliasBody,
  type AliasForm,
  aliasForm,
  aliasMisfits,
  type Cache,
  CACHES,
  EMPTY_ALIAS,
  STRATEGIES,
  type Strategy,
} from './aliases'
import { Targets } from './Targets'

interface AliasDialogProps {
  /** None makes a new one. */
  alias: Alias | null
  names: ReadonlyMap<string, string>
  onDone: () => void
}

interface FieldsProps {
  form: AliasForm
  wrong: ReturnType<typeof aliasMisfits>
  names: ReadonlyMap<string, string>
  change: (part: Partial<AliasForm>) => void
}

function LimitFields({ form, wrong, change }: FieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Give up after" hint="Seconds, all attempts together." error={wrong.deadline}>
        {(wiring) => (
          <Input
            {...wiring}
            inputMode="decimal"
            className="nums"
            value={form.deadline}
            onChange={(event) => change({ deadline: event.target.value })}
          />
        )}
      </Field>
      <Field label="Retries" hint="After errors, before giving up." error={wrong.retries}>
        {(wiring) => (
          <Input
            {...wiring}
            inputMode="numeric"
            className="nums"
            value={form.retries}
            onChange={(event) => change({ retries: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Most that a request may cost"
        hint="Dollars, as estimated. Dearer models are not asked."
        error={wrong.ceiling}
      >
        {(wiring) => (
          <Input
            {...wiring}
            inputMode="decimal"
            className="nums"
            placeholder="No limit"
            value={form.ceiling}
            onChange={(event) => change({ ceiling: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}

function Fields(props: FieldsProps) {
  const { form, wrong, names, change } = props
  return (
    <>
      <Field label="Name" hint="What people and programs ask for, such as fast or code.">
        {(wiring) => (
          <Input
            {...wiring}
            required
            spellCheck={false}
            maxLength={100}
            pattern="[A-Za-z0-9][A-Za-z0-9._:\/@+\-]*"
            title="Letters, digits and . _ : / @ + -"
            value={form.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Who answers">
        {(wiring) => (
          <Select
            {...wiring}
            value={form.strategy}
            onChange={(strategy) => change({ strategy: strategy as Strategy })}
            options={STRATEGIES}
          />
        )}
      </Field>
      <Targets
        targets={form.targets}
        weighted={form.strategy === 'weighted'}
        names={names}
        error={wrong.targets}
        onChange={(targets) => change({ targets })}
      />
      <LimitFields {...props} />
      <Field label="Kept answers" hint="For programs; conversations here always ask anew.">
        {(wiring) => (
          <Select
            {...wiring}
            value={form.cache}
            onChange={(cache) => change({ cache: cache as Cache })}
            options={CACHES}
          />
        )}
      </Field>
      <Checkbox
        label="Leave out the oldest turns of what is too long"
        hint="Else who has room for all of it is asked first."
        checked={form.trim}
        onChange={(event) => change({ trim: event.target.checked })}
      />
    </>
  )
}

/** Name one or more models, and say which of them answers. */
export function AliasDialog({ alias, names, onDone }: AliasDialogProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [before] = useState(alias)
  const [form, setForm] = useState<AliasForm>(() => (alias ? aliasForm(alias) : EMPTY_ALIAS))
  const [asked, setAsked] = useState(false)
  const save = useMutation({
    mutationFn: () =>
      before
        ? models.changeAlias(before.id, { ...aliasBody(form), version: before.version })
        : models.addAlias({ ...aliasBody(form), workspace_id: workspace.id }),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(aliasMisfits(form)).length === 0) save.mutate()
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title={before ? `Change ${before.name}` : 'New alias'}
      about="A name for one or more models. Where it leads can change without anybody who asks for it."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Fields
          form={form}
          wrong={asked ? aliasMisfits(form) : {}}
          names={names}
          change={(part) => setForm((now) => ({ ...now, ...part }))}
        />
        {save.error ? <ProblemPanel error={save.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={save.isPending}>
            {before ? 'Save' : 'Make the alias'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
