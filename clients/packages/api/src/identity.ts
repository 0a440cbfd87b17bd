import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { MINUTE } from './times'

export type User = Schemas['UserOut']
export type OpenSession = Schemas['OpenSession']
export type ApiKey = Schemas['KeyOut']

/** Who is asking: people, sessions and keys. */
export const identity = {
  me: () =>
    queryOptions({
      queryKey: ['identity', 'me'],
      queryFn: () => unwrap(api().GET('/api/v1/identity/me')),
      staleTime: 5 * MINUTE,
    }),
  sessions: () =>
    queryOptions({
      queryKey: ['identity', 'sessions'],
      queryFn: () => unwrap(api().GET('/api/v1/identity/sessions')),
    }),
  keys: () =>
    queryOptions({
      queryKey: ['identity', 'keys'],
      queryFn: () => unwrap(api().GET('/api/v1/identity/keys')),
    }),

  signIn: (email: string, password: string) =>
    unwrap(api().POST('/api/v1/identity/session', { body: { email, password, kind: 'browser' } })),
  signOut: () => unwrap(api().DELETE('/api/v1/identity/session')),
  signOutEverywhere: () => unwrap(api().DELETE('/api/v1/identity/sessions')),
  endSession: (sessionId: string) =>
    unwrap(
      api().DELETE('/api/v1/identity/sessions/{session_id}', {
        params: { path: { session_id: sessionId } },
      }),
    ),
  change: (body: Schemas['UserChange']) => unwrap(api().PATCH('/api/v1/identity/me', { body })),
  resetPassword: (token: string, password: string) =>
    unwrap(api().POST('/api/v1/identity/password', { body: { token, password } })),
  addKey: (name: string, expiresAt: string | null) =>
    unwrap(api().POST('/api/v1/identity/keys', { body: { name, expires_at: expiresAt } })),
  revokeKey: (keyId: string) =>
    unwrap(api().DELETE('/api/v1/identity/keys/{key_id}', { params: { path: { key_id: keyId } } })),
}
