'use client'

import { identity, ProblemError, workspaces } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { safeNext } from '@/session'
import { Button } from '@/ui/button'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Password } from './Password'

function SetupHint() {
  const setup = useQuery(workspaces.setupState())
  if (!setup.data?.open) return null
  return (
    <p className="rounded-md border p-4 text-sm text-quiet">
      This installation has no owner yet. Open the set-up link that <code>samoey up</code> printed
      when it started.
    </p>
  )
}

export function SignIn() {
  const router = useRouter()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => identity.signIn(email.trim(), password),
    onSuccess: () => {
      queries.clear()
      router.replace(safeNext(new URLSearchParams(location.search).get('next')))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  const refused = signIn.error instanceof ProblemError && signIn.error.problem.status === 401

  return (
    <>
      <h1 className="text-lg font-semibold">Sign in</h1>
      <SetupHint />
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail">
          {(wiring) => (
            <Input
              {...wiring}
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Password
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={refused ? (signIn.error?.message ?? null) : null}
        />
        {signIn.error && !refused ? <ProblemPanel error={signIn.error} /> : null}
        <Button type="submit" tone="accent" size="lg" busy={signIn.isPending || signIn.isSuccess}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <p className="text-sm text-quiet">
        Forgotten your password? An operator can make a reset link with{' '}
        <code>samoey user reset</code>.
      </p>
    </>
  )
}
