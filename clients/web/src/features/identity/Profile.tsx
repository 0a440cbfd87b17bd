'use client'

import { identity } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'
import { Password } from './Password'

function Name() {
  const { user } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState(user.name)
  const save = useMutation({
    mutationFn: () => identity.change({ name: name.trim() }),
    onSuccess: (me) => {
      queries.setQueryData(identity.me().queryKey, me)
      void queries.invalidateQueries({ queryKey: ['workspaces'] })
      toast('Name changed')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-[400px] flex-col gap-4">
      <Field label="Name">
        {(wiring) => (
          <Input
            {...wiring}
            required
            autoComplete="name"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <p className="text-sm text-quiet">
        You sign in as <span className="text-text">{user.email}</span>.
      </p>
      {save.error ? <ProblemPanel error={save.error} /> : null}
      <Button
        type="submit"
        className="self-start"
        busy={save.isPending}
        disabled={name.trim() === user.name}
      >
        Change name
      </Button>
    </form>
  )
}

function NewPassword() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const save = useMutation({
    mutationFn: () => identity.change({ password: next, current_password: current }),
    onSuccess: () => {
      setCurrent('')
      setNext('')
      toast('Password changed')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-[400px] flex-col gap-4">
      <Password
        label="Current password"
        value={current}
        onChange={setCurrent}
        autoComplete="current-password"
      />
      <Password label="New password" value={next} onChange={setNext} autoComplete="new-password" />
      {save.error ? <ProblemPanel error={save.error} /> : null}
      <Button type="submit" className="self-start" busy={save.isPending}>
        Change password
      </Button>
    </form>
  )
}

/** Who one is here. */
export function Profile() {
  return (
    <div className="flex flex-col gap-8">
      <Name />
      <section aria-labelledby="password" className="border-t pt-6">
        <h2 id="password" className="mb-4 text-sm font-semibold">
          Password
        </h2>
        <NewPassword />
      </section>
    </div>
  )
}
