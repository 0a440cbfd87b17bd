import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { FOREVER, MINUTE } from './times'

export type Repository = Schemas['RepositoryOut']
export type NewRepository = Schemas['NewRepository']
export type RepositoryChange = Schemas['RepositoryChange']
export type TreeEntry = Schemas['TreeOut']['entries'][number]
export type CodeFile = Schemas['FileOut']
export type Followed = Schemas['FollowedOut']

/** Lines of a file, as they stood at a commit. */
export interface Cited {
  at: string
  path: string
  start: number
  end: number
}

const one = (repositoryId: string) => ({ params: { path: { repository_id: repositoryId } } })

/** A full commit id names one state for ever; anything else may move. */
function freshness(at: string | null): number {
  return at !== null && /^[0-9a-f]{40}$/.test(at) ? FOREVER : MINUTE
}

/** Connected code: what it is, how fresh it is, and its files at any commit. */
export const repositories = {
  list: (workspaceId: string) =>
    queryOptions({
      queryKey: ['repositories', 'list', workspaceId],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/repositories', { params: { query: { workspace_id: workspaceId } } }),
        ),
    }),
  one: (repositoryId: string) =>
    queryOptions({
      queryKey: ['repositories', repositoryId],
      queryFn: () => unwrap(api().GET('/api/v1/repositories/{repository_id}', one(repositoryId))),
    }),
  branches: (repositoryId: string) =>
    queryOptions({
      queryKey: ['repositories', repositoryId, 'branches'],
      queryFn: () =>
        unwrap(api().GET('/api/v1/repositories/{repository_id}/branches', one(repositoryId))),
      staleTime: MINUTE,
    }),
  tree: (repositoryId: string, at: string | null, path: string) =>
    queryOptions({
      queryKey: ['repositories', repositoryId, 'tree', at, path],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/repositories/{repository_id}/tree', {
            params: { path: { repository_id: repositoryId }, query: { at: at ?? undefined, path } },
          }),
        ),
      staleTime: freshness(at),
    }),
  file: (repositoryId: string, at: string | null, path: string) =>
    queryOptions({
      queryKey: ['repositories', repositoryId, 'file', at, path],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/repositories/{repository_id}/file', {
            params: { path: { repository_id: repositoryId }, query: { at: at ?? undefined, path } },
          }),
        ),
      staleTime: freshness(at),
    }),

  /** Where lines of an older commit stand in the one that answers now. */
  follow: (repositoryId: string, cited: Cited) =>
    queryOptions({
      queryKey: ['repositories', repositoryId, 'follow', cited],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/repositories/{repository_id}/follow', {
            params: { path: { repository_id: repositoryId }, query: cited },
          }),
        ),
      staleTime: MINUTE,
    }),

  add: (body: NewRepository) => unwrap(api().POST('/api/v1/repositories', { body })),
  change: (repositoryId: string, body: RepositoryChange) =>
    unwrap(api().PATCH('/api/v1/repositories/{repository_id}', { ...one(repositoryId), body })),
  sync: (repositoryId: string) =>
    unwrap(api().POST('/api/v1/repositories/{repository_id}/sync', one(repositoryId))),
  remove: (repositoryId: string) =>
    unwrap(api().DELETE('/api/v1/repositories/{repository_id}', one(repositoryId))),
}
