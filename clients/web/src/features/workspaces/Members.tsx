'use client'

import { atLeast, type Member, type Role, workspaces } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Terminal, UserMinus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '@/session'
import { Avatar } from '@/ui/avatar'
import { Button, IconButton } from '@/ui/button'
import { cn } from '@/ui/cn'
import { ConfirmByName } from '@/ui/dialog'
import { SkeletonRows } from '@/ui/empty'
import { ago, moment } from '@/ui/format'
import { Page } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { toast } from '@/ui/toast'
import { Invitations, InviteDialog } from './Invitations'
import { ROLE_WORDS, roleName, roleOptions } from './roles'

interface RowProps {
  member: Member
  /** The most that the reader may grant; null when they may change nothing here. */
  grants: Role | null
}

function RoleCell({ member, grants }: RowProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (role: Role) => workspaces.changeRole(workspace.id, member.user_id, role),
    onSettled: () => queries.invalidateQueries({ queryKey: ['workspaces'] }),
    onError: (error) => toast(error.message),
  })
  if (!grants || member.kind === 'operator') {
    return <span className="pl-3 text-sm text-quiet">{roleName(member.role)}</span>
  }
  return (
    <Select
      label={`Role of ${member.name}`}
      className="h-7 w-full"
      disabled={change.isPending}
      value={change.isPending ? change.variables : member.role}
      onChange={(role) => change.mutate(role as Role)}
      options={roleOptions(grants)}
    />
  )
}

function RemoveButton({ member }: { member: Member }) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => workspaces.removeMember(workspace.id, member.user_id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['workspaces'] })
      toast(`${member.name} is no longer a member`)
    },
  })
  return (
    <>
      <IconButton label={`Remove ${member.name}`} size="icon-sm" onClick={() => setAsking(true)}>
        <UserMinus size={16} aria-hidden />
      </IconButton>
      <ConfirmByName
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${member.name}?`}
        about="They are signed out of this workspace at once. Their conversations stay."
        name={member.name}
        act="Remove"
        busy={remove.isPending}
        problem={remove.error ? <ProblemPanel error={remove.error} /> : null}
        onConfirm={() => remove.mutate()}
      />
    </>
  )
}

/** Who, since when, as what, and what one may do about it: the same widths in every row. */
const columns =
  'grid grid-cols-[24px_minmax(0,1fr)_104px_28px] items-center gap-x-3 sm:grid-cols-[24px_minmax(0,1fr)_96px_120px_28px]'

function Columns() {
  return (
    <div aria-hidden className={cn(columns, 'border-b pb-2 text-xs text-quiet')}>
      <span className="col-span-2">Name</span>
      <span className="hidden sm:inline">Joined</span>
      <span className="pl-3">Role</span>
    </div>
  )
}

function MemberRow({ member, grants }: RowProps) {
  const { user } = useSession()
  const isMe = member.user_id === user.id
  return (
    <li className={cn(columns, 'min-h-12 border-b py-2 last:border-b-0')}>
      {member.kind === 'operator' ? (
        <span className="flex size-6 items-center justify-center text-quiet">
          <Terminal size={16} aria-hidden />
        </span>
      ) : (
        <Avatar name={member.name} />
      )}
      <div className="min-w-0">
        <p className="truncate text-sm font-medium">
          {member.name}
          {isMe ? <span className="font-normal text-quiet"> (you)</span> : null}
        </p>
        <p className="truncate text-xs text-quiet">
          {member.kind === 'operator'
            ? 'Whoever uses samoey in this server’s terminal'
            : member.email}
        </p>
      </div>
      <span
        className="hidden text-xs text-quiet nums sm:inline"
        title={`Joined ${moment(member.joined_at)}`}
      >
        {ago(member.joined_at)}
      </span>
      <RoleCell member={member} grants={isMe ? null : grants} />
      <span>
        {grants && !isMe && member.kind === 'person' ? <RemoveButton member={member} /> : null}
      </span>
    </li>
  )
}

/** An admin changes those up to admin; only an owner changes owners. */
function grantsOver(member: Member, mine: Role): Role | null {
  if (!atLeast(mine, 'admin')) return null
  return mine === 'owner' || member.role !== 'owner' ? mine : null
}

/** Who belongs to the workspace, and who is invited. */
export function Members() {
  const { workspace } = useSession()
  const members = useQuery(workspaces.members(workspace.id))
  const [inviting, setInviting] = useState(false)
  const mayInvite = atLeast(workspace.role, 'admin')
  return (
    <Page
      title="Members"
      about={`${workspace.name}. As ${workspace.role} you ${ROLE_WORDS[workspace.role]}.`}
      act={
        mayInvite ? (
          <Button tone="accent" onClick={() => setInviting(true)}>
            <UserPlus size={16} aria-hidden />
            Invite
          </Button>
        ) : null
      }
    >
      {members.isPending ? <SkeletonRows rows={4} /> : null}
      {members.error ? (
        <ProblemPanel error={members.error} retry={() => void members.refetch()} />
      ) : null}
      {members.data ? <Columns /> : null}
      <ul>
        {members.data?.map((member) => (
          <MemberRow
            key={member.user_id}
            member={member}
            grants={grantsOver(member, workspace.role)}
          />
        ))}
      </ul>
      {mayInvite ? <Invitations members={members.data ?? []} /> : null}
      {inviting ? <InviteDialog onDone={() => setInviting(false)} /> : null}
    </Page>
  )
}
