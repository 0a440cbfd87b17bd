import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { MINUTE } from './times'

export type Workspace = Schemas['WorkspaceOut']
export type Member = Schemas['MemberOut']
export type Invitation = Schemas['InvitationOut']
export type Role = Workspace['role']

/** From the least to the most that one may do. */
export const ROLES: readonly Role[] = ['viewer', 'member', 'admin', 'owner']

/** True when `role` may do all that `least` may do. */
export function atLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least)
}

const one = (workspaceId: string) => ({ params: { path: { workspace_id: workspaceId } } })

/** Teams: who belongs to one and what they may do. */
export const workspaces = {
  list: () =>
    queryOptions({
      queryKey: ['workspaces'],
      queryFn: () => unwrap(api().GET('/api/v1/workspaces')),
      staleTime: 5 * MINUTE,
    }),
  setupState: () =>
    queryOptions({
      queryKey: ['workspaces', 'setup'],
      queryFn: () => unwrap(api().GET('/api/v1/workspaces/setup')),
    }),
  members: (workspaceId: string) =>
    queryOptions({
      queryKey: ['workspaces', workspaceId, 'members'],
      queryFn: () =>
        unwrap(api().GET('/api/v1/workspaces/{workspace_id}/members', one(workspaceId))),
    }),
  invitations: (workspaceId: string) =>
    queryOptions({
      queryKey: ['workspaces', workspaceId, 'invitations'],
      queryFn: () =>
        unwrap(api().GET('/api/v1/workspaces/{workspace_id}/invitations', one(workspaceId))),
    }),
  invitation: (token: string) =>
    queryOptions({
      queryKey: ['workspaces', 'invitation', token],
      queryFn: () => unwrap(api().POST('/api/v1/workspaces/invitations/look', { body: { token } })),
      retry: false,
    }),

  setUp: (body: Schemas['NewOwner']) => unwrap(api().POST('/api/v1/workspaces/setup', { body })),
  accept: (body: Schemas['InvitationAnswer']) =>
    unwrap(api().POST('/api/v1/workspaces/invitations/accept', { body })),
  rename: (workspaceId: string, name: string) =>
    unwrap(
      api().PATCH('/api/v1/workspaces/{workspace_id}', { ...one(workspaceId), body: { name } }),
    ),
  changeRole: (workspaceId: string, userId: string, role: Role) =>
    unwrap(
      api().PATCH('/api/v1/workspaces/{workspace_id}/members/{user_id}', {
        params: { path: { workspace_id: workspaceId, user_id: userId } },
        body: { role },
      }),
    ),
  removeMember: (workspaceId: string, userId: string) =>
    unwrap(
      api().DELETE('/api/v1/workspaces/{workspace_id}/members/{user_id}', {
        params: { path: { workspace_id: workspaceId, user_id: userId } },
      }),
    ),
  invite: (workspaceId: string, role: Role, email: string | null) =>
    unwrap(
      api().POST('/api/v1/workspaces/{workspace_id}/invitations', {
        ...one(workspaceId),
        body: { role, email },
      }),
    ),
  withdraw: (workspaceId: string, invitationId: string) =>
    unwrap(
      api().DELETE('/api/v1/workspaces/{workspace_id}/invitations/{invitation_id}', {
        params: { path: { workspace_id: workspaceId, invitation_id: invitationId } },
      }),
    ),
}
