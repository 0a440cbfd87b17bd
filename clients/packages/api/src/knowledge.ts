import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { FOREVER, MINUTE } from './times'

export type CodeIndex = Schemas['IndexOut']
export type Hit = Schemas['HitOut']
export type Why = Schemas['Why']
export type ExactFound = Schemas['ExactOut']
export type ExactHit = Omit<Schemas['ExactHit'], 'matches'> & { matches: number[][] }
export type Totals = Schemas['Totals']
export type SymbolOut = Schemas['SymbolOut']

export interface SearchQuery {
  q: string
  workspaceId: string
  repositoryId?: string
  path?: string
  language?: string
  limit?: number
  /** Let each hit say what its score is the sum of. */
  explain?: boolean
}

export interface ExactQuery extends Omit<SearchQuery, 'explain'> {
  regex: boolean
  matchCase: boolean
  word: boolean
}

/** What was understood of the code: indexes, search, the symbols of a file. */
export const knowledge = {
  indexes: (workspaceId: string) =>
    queryOptions({
      queryKey: ['knowledge', 'indexes', workspaceId],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/knowledge/indexes', {
            params: { query: { workspace_id: workspaceId } },
          }),
        ),
    }),
  search: ({ q, workspaceId, repositoryId, path, language, limit = 60, explain }: SearchQuery) =>
    queryOptions({
      queryKey: [
        'knowledge',
        'search',
        workspaceId,
        q,
        repositoryId,
        path,
        language,
        limit,
        explain,
      ],
      queryFn: ({ signal }) =>
        unwrap(
          api().GET('/api/v1/knowledge/search', {
            params: {
              query: {
                q,
                workspace_id: workspaceId,
                repository_id: repositoryId ? [repositoryId] : undefined,
                path: path || undefined,
                language: language || undefined,
                limit,
                explain,
              },
            },
            signal,
          }),
        ),
      enabled: q.trim() !== '',
      staleTime: MINUTE,
    }),
  exact: (asked: ExactQuery) =>
    infiniteQueryOptions({
      queryKey: ['knowledge', 'exact', asked],
      queryFn: ({ signal, pageParam }) =>
        unwrap(
          api().GET('/api/v1/knowledge/exact', {
            params: {
              query: {
                q: asked.q,
                regex: asked.regex,
                case: asked.matchCase,
                word: asked.word,
                workspace_id: asked.workspaceId,
                repository_id: asked.repositoryId ? [asked.repositoryId] : undefined,
                path: asked.path || undefined,
                language: asked.language || undefined,
                limit: asked.limit,
                after: pageParam ?? undefined,
              },
            },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      enabled: asked.q !== '',
      staleTime: MINUTE,
      // A pattern that is refused is refused again.
      retry: false,
    }),
  outline: (repositoryId: string, at: string | null, path: string) =>
    queryOptions({
      queryKey: ['knowledge', 'outline', repositoryId, at, path],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/knowledge/outline', {
            params: { query: { repository_id: repositoryId, at: at ?? undefined, path } },
          }),
        ),
      staleTime: at === null ? MINUTE : FOREVER,
    }),

  reindex: (repositoryId: string) =>
    unwrap(api().POST('/api/v1/knowledge/indexes', { body: { repository_id: repositoryId } })),
  pauseVectors: (repositoryId: string, paused: boolean) =>
    unwrap(
      api().PATCH('/api/v1/knowledge/indexes/{repository_id}/vectors', {
        params: { path: { repository_id: repositoryId } },
        body: { paused },
      }),
    ),
}
