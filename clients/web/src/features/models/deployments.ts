import type { Deployment, Price, Schemas } from '@samoey/api'
import { count } from '@/ui/format'
import { checkpointFacts } from './checkpoints'
import { dollars, fromMicro, toMicro } from './money'

/** Stands for every model of a provider. */
export const EVERY = '*'

/** Yes, no, or nobody knows. */
export type Known = '' | 'yes' | 'no'

/** What is known of a model, as it stands in the fields of a form. */
export interface DeploymentForm {
  contextTokens: string
  tools: Known
  vision: Known
  input: string
  output: string
  maxParallel: string
}

const LABELS: Record<keyof DeploymentForm, string> = {
  contextTokens: 'Context',
  tools: 'Tools',
  vision: 'Images',
  input: 'Price of input',
  output: 'Price of output',
  maxParallel: 'At once',
}

const toKnown = (value: boolean | null): Known => (value === null ? '' : value ? 'yes' : 'no')
const fromKnown = (value: Known): boolean | null => (value === '' ? null : value === 'yes')
const text = (value: number | null): string => (value === null ? '' : String(value))

export function toForm(deployment: Deployment): DeploymentForm {
  return {
    contextTokens: text(deployment.context_tokens),
    tools: toKnown(deployment.tools),
    vision: toKnown(deployment.vision),
    input: fromMicro(deployment.price?.input),
    output: fromMicro(deployment.price?.output),
    maxParallel: text(deployment.max_parallel),
  }
}

/** A whole number from 1 on as typed; null when nothing is typed, NaN for anything else. */
export function toWhole(typed: string): number | null {
  const bare = typed.replace(/[\s,_]/g, '')
  if (bare === '') return null
  return /^[1-9]\d*$/.test(bare) ? Number(bare) : NaN
}

/** What is wrong with the form, by field. */
export function misfitsOf(form: DeploymentForm): Partial<Record<keyof DeploymentForm, string>> {
  const wrong: Partial<Record<keyof DeploymentForm, string>> = {}
  for (const field of ['contextTokens', 'maxParallel'] as const) {
    if (Number.isNaN(toWhole(form[field]))) wrong[field] = 'A whole number from 1 on.'
  }
  for (const field of ['input', 'output'] as const) {
    if (Number.isNaN(toMicro(form[field]))) wrong[field] = 'An amount of dollars, such as 2.50.'
  }
  if (!wrong.input && !wrong.output && Boolean(form.input.trim()) !== Boolean(form.output.trim())) {
    const empty = form.input.trim() ? 'output' : 'input'
    wrong[empty] = `${LABELS[empty]} is needed too; 0 for none.`
  }
  return wrong
}

function priceOf(form: DeploymentForm, before: Price | null): Price | null {
  const [input, output] = [toMicro(form.input), toMicro(form.output)]
  return input === null || output === null ? null : { ...before, input, output }
}

/** The change that the form asks for; a price keeps what it says of kept tokens. */
export function toChange(
  form: DeploymentForm,
  deployment: Deployment,
): Schemas['DeploymentChange'] {
  return {
    version: deployment.version,
    context_tokens: toWhole(form.contextTokens),
    tools: fromKnown(form.tools),
    vision: fromKnown(form.vision),
    price: priceOf(form, deployment.price),
    max_parallel: toWhole(form.maxParallel),
  }
}

/** What is known of a model, in a few words. */
export function factsOf(deployment: Deployment): string[] {
  const { context_tokens, tools, vision, price, max_parallel } = deployment
  return [
    ...checkpointFacts(deployment.checkpoint),
    context_tokens ? `${count(context_tokens)} tokens of context` : '',
    tools === true ? 'tools' : tools === false ? 'no tools' : '',
    vision === true ? 'images' : vision === false ? 'no images' : '',
    price ? `${dollars(price.input)} in, ${dollars(price.output)} out per million tokens` : '',
    max_parallel ? `${count(max_parallel)} at once` : '',
  ].filter(Boolean)
}
