'use client'

import { type FormEvent, useState } from 'react'
import { Password } from '@/features/identity'
import { Button } from '@/ui/button'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'

export interface Account {
  name: string
  email: string
  password: string
}

interface AccountFormProps {
  email?: string | null
  act: string
  busy: boolean
  error: unknown
  onSubmit: (account: Account) => void
}

/** A new account: who one is and the password. */
export function AccountForm({ email, act, busy, error, onSubmit }: AccountFormProps) {
  const [account, setAccount] = useState<Account>({ name: '', email: email ?? '', password: '' })
  const change = (part: Partial<Account>) => setAccount({ ...account, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit({ ...account, name: account.name.trim(), email: account.email.trim() })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Your name">
        {(wiring) => (
          <Input
            {...wiring}
            name="name"
            autoComplete="name"
            maxLength={100}
            required
            autoFocus
            value={account.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="E-mail" hint="You sign in with it. Nothing is sent to it.">
        {(wiring) => (
          <Input
            {...wiring}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={account.email}
            onChange={(event) => change({ email: event.target.value })}
          />
        )}
      </Field>
      <Password
        label="Password"
        autoComplete="new-password"
        value={account.password}
        onChange={(password) => change({ password })}
      />
      {error ? <ProblemPanel error={error} /> : null}
      <Button type="submit" tone="accent" size="lg" busy={busy}>
        {act}
      </Button>
    </form>
  )
}
