'use client'

import { models, type Provider } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { freeName, HERE, KNOWN, OTHER, vendorNamed } from './known'

const VENDORS = [...KNOWN, HERE, OTHER].map(({ name, title }) => ({ value: name, label: title }))

interface ConnectDialogProps {
  /** The names that providers have already. */
  taken: string[]
  onDone: (connected: Provider | null) => void
}

interface Draft {
  vendor: string
  name: string
  address: string
  key: string
}

const draftOf = (vendor: string, taken: string[], key = ''): Draft => {
  const { name, address } = vendorNamed(vendor)
  return { vendor, name: freeName(name, taken), address, key }
}

interface FieldsProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
}

/** Where a vendor is and what lets one in; what runs on this server has neither. */
function PlaceFields({ draft, change }: FieldsProps) {
  const vendor = vendorNamed(draft.vendor)
  if (vendor.kind === HERE.kind) {
    return (
      <p className="text-sm text-quiet">
        Runs models of Hugging Face’s, or your own checkpoints, in processes of this server: nothing
        leaves it, and no key is needed. Next you choose a folder. The server needs the extra{' '}
        <code className="text-xs">local</code> for it; trying it tells what is missing.
      </p>
    )
  }
  return (
    <>
      <Field
        label="Address"
        hint={
          vendor.kind === 'azure'
            ? 'Of your resource, such as https://name.openai.azure.com'
            : vendor.own
              ? 'As this server reaches it, with its path, mostly /v1.'
              : 'The vendor’s own; change it for a proxy of yours.'
        }
      >
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
      <Field
        label="Key"
        optional={vendor.own}
        hint="It is kept sealed on this server and never shown again."
      >
        {(wiring) => (
          <Input
            {...wiring}
            type="password"
            autoComplete="off"
            spellCheck={false}
            required={!vendor.own}
            maxLength={4000}
            value={draft.key}
            onChange={(event) => change({ key: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

function ConnectFields(props: FieldsProps) {
  const { draft, change } = props
  return (
    <>
      <PlaceFields {...props} />
      <Field label="Name" hint="A model is asked for as name/model.">
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
    </>
  )
}

/** Connect a vendor or a server of models: what is known of it is filled in. */
export function ConnectDialog({ taken, onDone }: ConnectDialogProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<Draft>(() => draftOf('openai', taken))
  const connect = useMutation({
    mutationFn: () =>
      models.connect({
        workspace_id: workspace.id,
        name: draft.name.trim(),
        kind: vendorNamed(draft.vendor).kind,
        ...(draft.vendor === HERE.name
          ? {}
          : { base_url: draft.address.trim(), api_key: draft.key.trim() || null }),
      }),
    onSuccess: async (connected) => {
      await queries.invalidateQueries({ queryKey: ['models'] })
      onDone(connected)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    connect.mutate()
  }
  return (
    <Dialog
      open
      onOpenChange={() => onDone(null)}
      title="Connect a provider"
      about="Whoever is in the workspace may then ask the models that you choose from it."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Provider">
          {(wiring) => (
            <Select
              {...wiring}
              value={draft.vendor}
              onChange={(vendor) => setDraft(draftOf(vendor, taken, draft.key))}
              options={VENDORS}
            />
          )}
        </Field>
        <ConnectFields draft={draft} change={(part) => setDraft({ ...draft, ...part })} />
        {connect.error ? <ProblemPanel error={connect.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onDone(null)}>Cancel</Button>
          <Button type="submit" tone="accent" busy={connect.isPending}>
            Connect
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
