'use client'

import { type ApiKey, identity } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { ConfirmByName, Dialog } from '@/ui/dialog'
import { Empty, SkeletonRows } from '@/ui/empty'
import { Field, Input } from '@/ui/field'
import { ago, moment } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { ShownOnce } from '@/ui/shown-once'

const DAY_MS = 86_400_000
const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'Until it is revoked' },
]

function NewKey({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const make = useMutation({
    mutationFn: () =>
      identity.addKey(
        name.trim(),
        days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null,
      ),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['identity', 'keys'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  if (make.data) {
    return (
      <Dialog
        open
        onOpenChange={onDone}
        title={make.data.name}
        about="Copy the key now: it is kept only as a hash and cannot be shown again."
      >
        <ShownOnce text={make.data.key} label="API key" />
        <div className="mt-4 flex justify-end">
          <Button tone="accent" onClick={onDone}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog open onOpenChange={onDone} title="New API key" about="It may do what you may do.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" hint="Where it will be used.">
          {(wiring) => (
            <Input
              {...wiring}
              required
              autoFocus
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Valid for">
          {(wiring) => <Select {...wiring} value={days} onChange={setDays} options={LIVES} />}
        </Field>
        {make.error ? <ProblemPanel error={make.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={make.isPending}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const revoke = useMutation({
    mutationFn: () => identity.revokeKey(apiKey.id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['identity', 'keys'] }),
  })
  return (
    <li className="flex items-center gap-3 border-b py-2 last:border-b-0">
      <KeyRound size={16} aria-hidden className="shrink-0 text-quiet" />
      <div className="min-w-0 grow">
        <p className="truncate text-sm font-medium">
          {apiKey.name} <span className="font-mono text-xs text-quiet">{apiKey.prefix}…</span>
        </p>
        <p className="text-xs text-quiet">
          made {ago(apiKey.created_at)},{' '}
          {apiKey.last_used_at ? `used ${ago(apiKey.last_used_at)}` : 'never used'}
          {apiKey.expires_at ? `, until ${moment(apiKey.expires_at)}` : ''}
        </p>
      </div>
      <IconButton label={`Revoke ${apiKey.name}`} size="icon-sm" onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <ConfirmByName
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke ${apiKey.name}?`}
        about="Whatever uses it is refused from now on."
        name={apiKey.name}
        act="Revoke"
        busy={revoke.isPending}
        problem={revoke.error ? <ProblemPanel error={revoke.error} /> : null}
        onConfirm={() => revoke.mutate()}
      />
    </li>
  )
}

/** Keys for programs. */
export function Keys() {
  const keys = useQuery(identity.keys())
  const [making, setMaking] = useState(false)
  const makeOne = (
    <Button onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden />
      New key
    </Button>
  )
  return (
    <div className="flex flex-col items-start gap-4">
      {keys.isPending ? <SkeletonRows rows={2} /> : null}
      {keys.error ? <ProblemPanel error={keys.error} retry={() => void keys.refetch()} /> : null}
      {keys.data?.length === 0 ? (
        <Empty title="No keys yet" act={makeOne}>
          A key lets a program use the API as you.
        </Empty>
      ) : null}
      {keys.data && keys.data.length > 0 ? (
        <>
          <ul className="w-full">
            {keys.data.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </ul>
          {makeOne}
        </>
      ) : null}
      {making ? <NewKey onDone={() => setMaking(false)} /> : null}
    </div>
  )
}
