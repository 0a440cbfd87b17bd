'use client'

import { identity } from '@samoey/api'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useHash } from '@/session'
import { Button } from '@/ui/button'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { Password } from './Password'

/** Behind the link of `samoey user reset`: the token stands in the fragment. */
export function ResetPassword() {
  const token = useHash()
  const [password, setPassword] = useState('')
  const reset = useMutation({
    mutationFn: () => identity.resetPassword(token ?? '', password),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reset.mutate()
  }

  if (reset.isSuccess) {
    return (
      <>
        <h1 className="text-lg font-semibold">Your password is changed</h1>
        <Button tone="accent" size="lg" asChild>
          <Link href="/sign-in/">Sign in</Link>
        </Button>
      </>
    )
  }
  return (
    <>
      <h1 className="text-lg font-semibold">Choose a new password</h1>
      {token === '' ? (
        <p className="text-sm text-quiet">
          This page opens from a reset link. Ask an operator to run <code>samoey user reset</code>.
        </p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Password
            label="New password"
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
          />
          {reset.error ? <ProblemPanel error={reset.error} /> : null}
          <Button type="submit" tone="accent" size="lg" busy={reset.isPending}>
            Change password
          </Button>
        </form>
      )}
    </>
  )
}
