import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import { type Schemas, unwrap } from './problems'
import { FOREVER, MINUTE } from './times'

export type Prompt = Schemas['PromptOut']
export type PromptVersion = Schemas['PromptVersionOut']
export type PromptPurpose = Prompt['purpose']
export type Traffic = Schemas['TrafficOut']
export type Experiment = Schemas['ExperimentOut']
export type Arm = Schemas['ArmOut']
export type ArmFigures = Schemas['ArmFigures']
export type Shown = Schemas['PromptPreview'] | Schemas['PreviewOut']

const prompt = (promptId: string) => ({ params: { path: { prompt_id: promptId } } })

/** Texts that models are told, in versions, and which of them answer. */
export const prompts = {
  list: () =>
    queryOptions({
      queryKey: ['models', 'prompts', 'list'],
      queryFn: () => unwrap(api().GET('/api/v1/models/prompts')),
      staleTime: MINUTE,
    }),
  builtIn: () =>
    queryOptions({
      queryKey: ['models', 'prompts', 'builtin'],
      queryFn: () => unwrap(api().GET('/api/v1/models/prompts/builtin')),
      staleTime: FOREVER,
    }),
  versions: (promptId: string) =>
    queryOptions({
      queryKey: ['models', 'prompts', 'versions', promptId],
      queryFn: () =>
        unwrap(api().GET('/api/v1/models/prompts/{prompt_id}/versions', prompt(promptId))),
      staleTime: MINUTE,
    }),
  traffic: (workspaceId: string) =>
    queryOptions({
      queryKey: ['models', 'prompts', 'traffic', workspaceId],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/models/prompts/traffic', {
            params: { query: { workspace_id: workspaceId } },
          }),
        ),
      staleTime: MINUTE,
    }),
  /** How the answers of arms went; one that answered nothing is left out. */
  figures: (workspaceId: string, armIds: string[]) =>
    queryOptions({
      queryKey: ['models', 'prompts', 'figures', workspaceId, armIds],
      queryFn: () =>
        unwrap(
          api().GET('/api/v1/conversations/figures', {
            params: { query: { workspace_id: workspaceId, arm_id: armIds } },
          }),
        ),
      enabled: armIds.length > 0,
    }),

  add: (body: Schemas['NewPrompt']) => unwrap(api().POST('/api/v1/models/prompts', { body })),
  addVersion: (promptId: string, body: Schemas['NewPromptVersion']) =>
    unwrap(
      api().POST('/api/v1/models/prompts/{prompt_id}/versions', { ...prompt(promptId), body }),
    ),
  rename: (promptId: string, body: Schemas['PromptChange']) =>
    unwrap(api().PATCH('/api/v1/models/prompts/{prompt_id}', { ...prompt(promptId), body })),
  remove: (promptId: string) =>
    unwrap(api().DELETE('/api/v1/models/prompts/{prompt_id}', prompt(promptId))),
  share: (body: Schemas['TrafficWish']) =>
    unwrap(api().PUT('/api/v1/models/prompts/traffic', { body })),
  /** A free text with its values filled in. */
  fillIn: (body: Schemas['PromptDraft']) =>
    unwrap(api().POST('/api/v1/models/prompts/preview', { body })),
  /** What a model would be sent for a question, by these instructions. */
  preview: (body: Schemas['PreviewWish']) =>
    unwrap(api().POST('/api/v1/conversations/preview', { body })),
}
