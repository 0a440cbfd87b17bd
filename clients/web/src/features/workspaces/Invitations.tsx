'use client'

import { type Invitation, type Member, type Role, workspaces } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Mail, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button, IconButton } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { ago, moment } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { ShownOnce } from '@/ui/shown-once'
import { toast } from '@/ui/toast'
import { roleOptions } from './roles'

/** Makes an invitation link to hand over oneself: nothing is mailed. */
export function InviteDialog({ onDone }: { onDone: () => void }) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [role, setRole] = useState<Role>('member')
  const [email, setEmail] = useState('')
  const invite = useMutation({
    mutationFn: () => workspaces.invite(workspace.id, role, email.trim() || null),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['workspaces'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate()
  }
  if (invite.data) {
    return (
      <Dialog
        open
        onOpenChange={onDone}
        title="Hand this link over"
        about={`It works once, until ${moment(invite.data.expires_at)}, and is shown only now.`}
      >
        <ShownOnce text={new URL(invite.data.link, location.origin).href} label="Invitation link" />
        <div className="mt-4 flex justify-end">
          <Button tone="accent" onClick={onDone}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title="Invite someone"
      about="You get a link to hand over; nothing is mailed."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Role">
          {(wiring) => (
            <Select
              {...wiring}
              value={role}
              onChange={(chosen) => setRole(chosen as Role)}
              options={roleOptions(workspace.role)}
            />
          )}
        </Field>
        <Field label="E-mail" optional hint="If given, only an account with it can be made.">
          {(wiring) => (
            <Input
              {...wiring}
              type="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        {invite.error ? <ProblemPanel error={invite.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={invite.isPending}>
            Make the link
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface RowProps {
  invitation: Invitation
  by: string | undefined
}

function InvitationRow({ invitation, by }: RowProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const withdraw = useMutation({
    mutationFn: () => workspaces.withdraw(workspace.id, invitation.id),
    onSuccess: () => toast('Invitation withdrawn'),
    onError: (error) => toast(error.message),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['workspaces'] }),
  })
  return (
    <li className="flex items-center gap-3 border-b py-2 last:border-b-0">
      <span className="flex size-6 items-center justify-center text-quiet">
        <Mail size={16} aria-hidden />
      </span>
      <div className="min-w-0 grow">
        <p className="truncate text-sm">{invitation.email ?? 'Whoever has the link'}</p>
        <p className="text-xs text-quiet">
          as {invitation.role}
          {by ? `, invited by ${by}` : ''} {ago(invitation.created_at)}, until{' '}
          {moment(invitation.expires_at)}
        </p>
      </div>
      <IconButton
        label="Withdraw the invitation"
        size="icon-sm"
        busy={withdraw.isPending}
        onClick={() => withdraw.mutate()}
      >
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  )
}

/** Invitations that nobody has taken yet. */
export function Invitations({ members }: { members: Member[] }) {
  const { workspace } = useSession()
  const open = useQuery(workspaces.invitations(workspace.id))
  if (open.error) return <ProblemPanel className="mt-6" error={open.error} />
  if (!open.data || open.data.length === 0) return null
  return (
    <section aria-labelledby="invitations" className="mt-8">
      <h2 id="invitations" className="mb-2 text-sm font-semibold">
        Open invitations
      </h2>
      <ul>
        {open.data.map((invitation) => (
          <InvitationRow
            key={invitation.id}
            invitation={invitation}
            by={members.find((member) => member.user_id === invitation.invited_by)?.name}
          />
        ))}
      </ul>
    </section>
  )
}
