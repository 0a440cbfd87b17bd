import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { MINUTE } from './times'

export type Model = Schemas['ModelOut']

/** Which language models can answer here. */
export const models = {
  list: () =>
    queryOptions({
      queryKey: ['models'],
      queryFn: () => unwrap(api().GET('/api/v1/models')),
      staleTime: MINUTE,
    }),
}
