'use client'

import { models, type Provider } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Checkbox, Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'
import { HERE } from './known'

interface Draft {
  name: string
  address: string
  key: string
  keyless: boolean
}

function keyHint(provider: Provider): string {
  if (!provider.has_key) return 'It has none now.'
  const hint = provider.key_hint?.replace(/…$/, '')
  return `Empty keeps the one that it has${hint ? `, which begins with ${hint}` : ''}.`
}

/** Only what differs is sent: a key that is not typed stays as it is. */
function changeOf(draft: Draft, provider: Provider) {
  return {
    version: provider.version ?? 0,
    ...(draft.name.trim() === provider.name ? {} : { name: draft.name.trim() }),
    ...(draft.address.trim() === provider.base_url ? {} : { base_url: draft.address.trim() }),
    ...(draft.keyless ? { api_key: null } : draft.key ? { api_key: draft.key } : {}),
  }
}

interface FieldsProps {
  before: Provider
  draft: Draft
  change: (part: Partial<Draft>) => void
}

/** Where a vendor is, and its key; what runs on this server has neither. */
function PlaceFields({ before, draft, change }: FieldsProps) {
  if (before.kind === HERE.kind) return null
  return (
    <>
      <Field label="Address" hint="On another server the key has to be given again.">
        {(wiring) => (
          <Input
            {...wiring}
            required
            type="url"
            spellCheck={false}
            maxLength={2000}
            value={draft.address}
            onChange={(event) => change({ address: event.target.value })}
          />
        )}
      </Field>
      <Field label="New key" optional hint={keyHint(before)}>
        {(wiring) => (
          <Input
            {...wiring}
            type="password"
            autoComplete="off"
            spellCheck={false}
            maxLength={4000}
            disabled={draft.keyless}
            value={draft.key}
            onChange={(event) => change({ key: event.target.value })}
          />
        )}
      </Field>
      {before.has_key ? (
        <Checkbox
          label="Take the key away"
          checked={draft.keyless}
          onChange={(event) => change({ keyless: event.target.checked, key: '' })}
        />
      ) : null}
    </>
  )
}

/** Call a provider otherwise, move it, or give it another key. */
export function ChangeProvider({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const queries = useQueryClient()
  // As it was when the dialog opened: of two who change it at once, the second is told.
  const [before] = useState(provider)
  const [draft, setDraft] = useState<Draft>({
    name: provider.name,
    address: provider.base_url,
    key: '',
    keyless: false,
  })
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const save = useMutation({
    mutationFn: () => models.changeProvider(before.id, changeOf(draft, before)),
    onSuccess: (changed) => {
      toast(`${changed.name} is changed`)
      onDone()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog open onOpenChange={onDone} title={`Change ${before.name}`}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" hint="Programs that ask for name/model have to be told of a new one.">
          {(wiring) => (
            <Input
              {...wiring}
              required
              spellCheck={false}
              maxLength={60}
              pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
              title="Letters, digits, dots, dashes and underscores"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <PlaceFields before={before} draft={draft} change={change} />
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
