'use client'

import { asProblem, repositories } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { EMPTY, type SourceForm, toNew } from './form'
import { AccessFields, ScopeFields } from './SourceFields'

interface AddDialogProps {
  onDone: () => void
}

/** What the server says to connect instead of a part of a repository. */
function insteadOf(error: unknown): Partial<SourceForm> {
  if (!error) return {}
  const { root, include } = asProblem(error)
  return {
    ...(typeof root === 'string' ? { source: root } : {}),
    ...(Array.isArray(include) ? { include: include.join('\n') } : {}),
  }
}

/** Connect a repository: an address or a folder is enough, the rest may follow. */
export function AddDialog({ onDone }: AddDialogProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [form, setForm] = useState<SourceForm>(EMPTY)
  const [more, setMore] = useState(false)
  const change = (part: Partial<SourceForm>) => setForm({ ...form, ...part })
  const add = useMutation({
    mutationFn: () => repositories.add(toNew(form, workspace.id)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['repositories'] })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  const owner = workspace.role === 'owner'
  const instead = insteadOf(add.error)
  const takeInstead = () => {
    change(instead)
    add.reset()
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title="Add a repository"
      about="It is mirrored and indexed on this server; nothing is written back to it."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={owner ? 'Git URL or folder on the server' : 'Git URL'}
          hint={owner ? 'https://…, ssh://…, git@host:…, or a path that begins with /' : undefined}
        >
          {(wiring) => (
            <Input
              {...wiring}
              required
              autoFocus
              spellCheck={false}
              autoComplete="off"
              className="font-mono text-sm"
              placeholder="https://git.example.com/team/service.git"
              value={form.source}
              onChange={(event) => change({ source: event.target.value })}
            />
          )}
        </Field>
        <AccessFields form={form} change={change} />
        <Button
          tone="quiet"
          size="sm"
          className="self-start"
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          <ChevronRight
            size={16}
            aria-hidden
            className={cn('transition-transform', more && 'rotate-90')}
          />
          Name, branch, paths, schedule
        </Button>
        {more ? (
          <>
            <Field label="Name" optional hint="Empty: taken from the address.">
              {(wiring) => (
                <Input
                  {...wiring}
                  maxLength={200}
                  value={form.name}
                  onChange={(event) => change({ name: event.target.value })}
                />
              )}
            </Field>
            <ScopeFields form={form} change={change} />
          </>
        ) : null}
        {add.error ? (
          <ProblemPanel
            error={add.error}
            act={
              instead.source ? (
                <Button size="sm" onClick={takeInstead}>
                  Take {instead.source}
                </Button>
              ) : undefined
            }
          />
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={add.isPending}>
            {add.isPending ? 'Adding…' : 'Add repository'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
