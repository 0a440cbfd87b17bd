import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { MINUTE } from './times'

export type Model = Schemas['ModelOut']
export type Provider = Schemas['ProviderOut']
export type Deployment = Schemas['DeploymentOut']
export type Price = Schemas['PriceShape']
export type Trial = Schemas['TryOut']
export type Alias = Schemas['AliasOut']
export type PolicedKey = Schemas['PolicedKey']
export type UsageRow = Schemas['UsageOut']
export type UsageBy = Schemas['By']
export type Explained = Schemas['ExplainOut']

/** What a request would need of the model that answers it. */
export interface Needs {
  tokens: number
  tools: boolean
  vision: boolean
}

const provider = (providerId: string) => ({ params: { path: { provider_id: providerId } } })
const deployment = (deploymentId: string) => ({ params: { path: { deployment_id: deploymentId } } })
const alias = (aliasId: string) => ({ params: { path: { alias_id: aliasId } } })

/** Which language models can answer here, who runs them, and by what names they are asked. */
export const models = {
  list: () =>
    queryOptions({
      queryKey: ['models', 'list'],
      queryFn: () => unwrap(api().GET('/api/v1/models')),
      staleTime: MINUTE,
    }),
  providers: () =>
    queryOptions({
      queryKey: ['models', 'providers'],
      queryFn: () => unwrap(api().GET('/api/v1/models/providers')),
      staleTime: MINUTE,
    }),
  deployments: () =>
    queryOptions({
      queryKey: ['models', 'deployments'],
      queryFn: () => unwrap(api().GET('/api/v1/models/deployments')),
      staleTime: MINUTE,
    }),
  /** What the vendor itself lists; the vendor is asked each time. */
  listedBy: (providerId: string) =>
    queryOptions({
      queryKey: ['models', 'listed', providerId],
      queryFn: () =>
        unwrap(api().GET('/api/v1/models/providers/{provider_id}/models', provider(providerId))),
      retry: false,
    }),
  aliases: () =>
    queryOptions({
      queryKey: ['models', 'aliases'],
      queryFn: () => unwrap(api().GET('/api/v1/models/aliases')),
      staleTime: MINUTE,
    }),
  /** Who would answer for a name at this moment. */
  explain: (model: string, needs: Needs) =>
    queryOptions({
      queryKey: ['models', 'explain', model, needs],
      queryFn: () =>
        unwrap(api().GET('/api/v1/models/explain', { params: { query: { model, ...needs } } })),
    }),
  /** Keys with what their holders may ask: one's own, for admins all. */
  policies: () =>
    queryOptions({
      queryKey: ['models', 'policies'],
      queryFn: () => unwrap(api().GET('/api/v1/models/policies')),
    }),
  usage: (by: UsageBy, from: string) =>
    queryOptions({
      queryKey: ['models', 'usage', by, from],
      queryFn: () => unwrap(api().GET('/api/v1/models/usage', { params: { query: { by, from } } })),
    }),

  connect: (body: Schemas['NewProvider']) =>
    unwrap(api().POST('/api/v1/models/providers', { body })),
  changeProvider: (providerId: string, body: Schemas['ProviderChange']) =>
    unwrap(
      api().PATCH('/api/v1/models/providers/{provider_id}', { ...provider(providerId), body }),
    ),
  disconnect: (providerId: string) =>
    unwrap(api().DELETE('/api/v1/models/providers/{provider_id}', provider(providerId))),
  tryOut: (providerId: string, model: string | null) =>
    unwrap(
      api().POST('/api/v1/models/providers/{provider_id}/try', {
        ...provider(providerId),
        body: { model },
      }),
    ),
  addDeployment: (body: Schemas['NewDeployment']) =>
    unwrap(api().POST('/api/v1/models/deployments', { body })),
  changeDeployment: (deploymentId: string, body: Schemas['DeploymentChange']) =>
    unwrap(
      api().PATCH('/api/v1/models/deployments/{deployment_id}', {
        ...deployment(deploymentId),
        body,
      }),
    ),
  removeDeployment: (deploymentId: string) =>
    unwrap(api().DELETE('/api/v1/models/deployments/{deployment_id}', deployment(deploymentId))),
  addAlias: (body: Schemas['NewAlias']) => unwrap(api().POST('/api/v1/models/aliases', { body })),
  changeAlias: (aliasId: string, body: Schemas['AliasChange']) =>
    unwrap(api().PATCH('/api/v1/models/aliases/{alias_id}', { ...alias(aliasId), body })),
  removeAlias: (aliasId: string) =>
    unwrap(api().DELETE('/api/v1/models/aliases/{alias_id}', alias(aliasId))),
  setPolicy: (keyId: string, body: Schemas['PolicyShape']) =>
    unwrap(
      api().PUT('/api/v1/models/policies/{key_id}', {
        params: { path: { key_id: keyId } },
        body,
      }),
    ),
}
