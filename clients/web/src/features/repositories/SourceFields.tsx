'use client'

import { Checkbox, Field, Input, Textarea } from '@/ui/field'
import { Select } from '@/ui/select'
import type { SourceForm } from './form'

interface FieldsProps {
  form: SourceForm
  change: (part: Partial<SourceForm>) => void
}

const SYNC = [
  { value: '', label: 'Only when asked' },
  { value: '5', label: 'Every 5 minutes' },
  { value: '30', label: 'Every 30 minutes' },
  { value: '120', label: 'Every 2 hours' },
  { value: '1440', label: 'Every day' },
]

function syncOptions(minutes: string) {
  if (SYNC.some(({ value }) => value === minutes)) return SYNC
  return [...SYNC, { value: minutes, label: `Every ${minutes} minutes` }]
}

/** Branch, paths and schedule. */
export function ScopeFields({ form, change }: FieldsProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Branch" optional hint="Empty: the default branch.">
          {(wiring) => (
            <Input
              {...wiring}
              spellCheck={false}
              value={form.branch}
              onChange={(event) => change({ branch: event.target.value })}
            />
          )}
        </Field>
        <Field label="Sync">
          {(wiring) => (
            <Select
              {...wiring}
              value={form.syncMinutes}
              onChange={(syncMinutes) => change({ syncMinutes })}
              options={syncOptions(form.syncMinutes)}
            />
          )}
        </Field>
        <Field label="Only these paths" optional hint="One pattern a line, such as src/**">
          {(wiring) => (
            <Textarea
              {...wiring}
              spellCheck={false}
              className="font-mono text-sm"
              value={form.include}
              onChange={(event) => change({ include: event.target.value })}
            />
          )}
        </Field>
        <Field label="Not these paths" optional hint="One pattern a line, such as vendor/**">
          {(wiring) => (
            <Textarea
              {...wiring}
              spellCheck={false}
              className="font-mono text-sm"
              value={form.exclude}
              onChange={(event) => change({ exclude: event.target.value })}
            />
          )}
        </Field>
      </div>
      {form.source.startsWith('/') ? (
        <Checkbox
          label="Include changes that are not committed"
          hint="A snapshot is taken on this side; your folder is not touched."
          checked={form.dirty}
          onChange={(event) => change({ dirty: event.target.checked })}
        />
      ) : null}
    </>
  )
}

function SecretField({ form, change }: FieldsProps) {
  const isToken = form.access === 'token'
  return (
    <Field
      label={isToken ? 'Token' : 'Private key'}
      hint="Kept sealed on this server and never shown again."
    >
      {(wiring) =>
        isToken ? (
          <Input
            {...wiring}
            type="password"
            autoComplete="off"
            required
            value={form.secret}
            onChange={(event) => change({ secret: event.target.value })}
          />
        ) : (
          <Textarea
            {...wiring}
            required
            spellCheck={false}
            autoComplete="off"
            placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
            className="font-mono text-xs"
            value={form.secret}
            onChange={(event) => change({ secret: event.target.value })}
          />
        )
      }
    </Field>
  )
}

/** What opens a private repository. */
export function AccessFields({ form, change, keeps }: FieldsProps & { keeps?: boolean }) {
  if (form.source.startsWith('/')) return null
  const options = [
    { value: 'none', label: keeps ? 'As it is' : 'Public, nothing needed' },
    { value: 'token', label: 'Access token (HTTPS)' },
    { value: 'ssh_key', label: 'Deploy key (SSH)' },
  ]
  return (
    <>
      <Field label="Access">
        {(wiring) => (
          <Select
            {...wiring}
            value={form.access}
            onChange={(access) => change({ access: access as SourceForm['access'] })}
            options={options}
          />
        )}
      </Field>
      {form.access === 'none' ? null : <SecretField form={form} change={change} />}
      {form.access === 'token' ? (
        <Field label="User name" optional hint="Most hosts need none beside a token.">
          {(wiring) => (
            <Input
              {...wiring}
              autoComplete="off"
              value={form.username}
              onChange={(event) => change({ username: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {form.access === 'ssh_key' ? (
        <Field
          label="Host key"
          hint="The line that ssh-keyscan prints for the server; it is pinned."
        >
          {(wiring) => (
            <Textarea
              {...wiring}
              required
              spellCheck={false}
              className="font-mono text-xs"
              value={form.hostKey}
              onChange={(event) => change({ hostKey: event.target.value })}
            />
          )}
        </Field>
      ) : null}
    </>
  )
}
