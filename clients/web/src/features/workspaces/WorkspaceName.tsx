'use client'

import { workspaces } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'

/** What the workspace is called; its owner may change it. */
export function WorkspaceName() {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState(workspace.name)
  const rename = useMutation({
    mutationFn: () => workspaces.rename(workspace.id, name.trim()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['workspaces'] })
      toast('Workspace renamed')
    },
  })
  if (workspace.role !== 'owner') return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-[400px] flex-col gap-4">
      <Field label="Workspace name">
        {(wiring) => (
          <Input
            {...wiring}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {rename.error ? <ProblemPanel error={rename.error} /> : null}
      <Button
        type="submit"
        className="self-start"
        busy={rename.isPending}
        disabled={name.trim() === workspace.name}
      >
        Rename
      </Button>
    </form>
  )
}
