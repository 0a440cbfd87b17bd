import type { Alias, Deployment, Provider, Schemas } from '@samoey/api'
import { EVERY } from './deployments'
import { dollars, fromMicro, toMicro } from './money'

export type Strategy = Alias['strategy']
export type Cache = Alias['cache']

/** How one of several models is chosen, in the words of who has to decide. */
export const STRATEGIES: { value: Strategy; label: string; hint: string; told: string }[] = [
  {
    value: 'priority',
    label: 'In this order',
    hint: 'The first one answers; the next one when it cannot.',
    told: 'The first one answers; the next one when it cannot.',
  },
  {
    value: 'weighted',
    label: 'By shares',
    hint: 'Requests are spread by the weights that you give.',
    told: 'Requests are spread by weight.',
  },
  {
    value: 'latency',
    label: 'The fastest',
    hint: 'Whichever began to answer soonest of late.',
    told: 'Whichever was fastest of late answers.',
  },
  {
    value: 'cost',
    label: 'The cheapest',
    hint: 'By the prices that are known of the models.',
    told: 'The cheapest one for each request answers.',
  },
  {
    value: 'capability',
    label: 'The smallest that fits',
    hint: 'By context, tools and images that a request needs.',
    told: 'The one with the smallest context that fits a request answers.',
  },
]

export const strategyTold = (strategy: Strategy): string =>
  STRATEGIES.find(({ value }) => value === strategy)?.told ?? strategy

/** Whether programs that ask again are told what was answered before. */
export const CACHES: { value: Cache; label: string; hint: string }[] = [
  { value: 'off', label: 'Never', hint: 'Every request is answered anew.' },
  { value: 'exact', label: 'For the same request', hint: 'Word for word, and without tools.' },
  {
    value: 'semantic',
    label: 'Also for the same question in other words',
    hint: 'Short questions only; English gains most from it.',
  },
]

/** What else is to be known of an alias, in a few words. */
export function aliasFacts({ cache, trim, ceiling_micro: ceiling }: Alias): string[] {
  return [
    cache === 'exact' ? 'The same request gets the kept answer.' : '',
    cache === 'semantic' ? 'The same question gets the kept answer.' : '',
    trim ? 'The oldest turns of what is too long are left out.' : '',
    ceiling == null ? '' : `No model is asked that would take more than ${dollars(ceiling)}.`,
  ].filter(Boolean)
}

export interface TargetDraft {
  deploymentId: string
  weight: string
}

export interface AliasForm {
  name: string
  strategy: Strategy
  targets: TargetDraft[]
  deadline: string
  retries: string
  cache: Cache
  trim: boolean
  /** Dollars as typed; nothing is no limit. */
  ceiling: string
}

export const EMPTY_ALIAS: AliasForm = {
  name: '',
  strategy: 'priority',
  targets: [],
  deadline: '120',
  retries: '2',
  cache: 'off',
  trim: false,
  ceiling: '',
}

export function aliasForm(alias: Alias): AliasForm {
  return {
    name: alias.name,
    strategy: alias.strategy,
    targets: alias.targets.map((target) => ({
      deploymentId: target.deployment_id,
      weight: String(target.weight ?? 1),
    })),
    deadline: String(alias.deadline_s),
    retries: String(alias.retries),
    cache: alias.cache,
    trim: alias.trim,
    ceiling: fromMicro(alias.ceiling_micro),
  }
}

/** The same list with one thing a step earlier or later; as it was at either end. */
export function moved<T>(list: readonly T[], at: number, step: 1 | -1): T[] {
  const to = at + step
  const [one, other] = [list[at], list[to]]
  if (one === undefined || other === undefined) return [...list]
  return list.map((thing, place) => (place === at ? other : place === to ? one : thing))
}

const isWeight = (typed: string) => /^\d{1,6}$/.test(typed.trim())

function targetsMisfit({ targets, strategy }: AliasForm): string | null {
  if (targets.length === 0) return 'Choose at least one model.'
  if (strategy !== 'weighted') return null
  if (!targets.every(({ weight }) => isWeight(weight))) {
    return 'A weight is a whole number, such as 3.'
  }
  const none = targets.every(({ weight }) => Number(weight) === 0)
  return none ? 'With every weight at 0 nobody would answer.' : null
}

/** What is wrong with the form, by field. */
export function aliasMisfits(form: AliasForm): {
  targets?: string
  deadline?: string
  retries?: string
  ceiling?: string
} {
  const targets = targetsMisfit(form)
  const seconds = Number(form.deadline.trim() || NaN)
  const retries = form.retries.trim()
  return {
    ...(targets ? { targets } : {}),
    ...(seconds > 0 && seconds <= 3600 ? {} : { deadline: 'Seconds, up to 3600.' }),
    ...(/^\d+$/.test(retries) && Number(retries) <= 10
      ? {}
      : { retries: 'A number from 0 to 10.' }),
    ...(Number.isNaN(toMicro(form.ceiling)) ? { ceiling: 'Dollars, such as 0.05.' } : {}),
  }
}

/** What the form says, without whose it is. */
export function aliasBody(form: AliasForm): Omit<Schemas['NewAlias'], 'workspace_id'> {
  return {
    name: form.name.trim(),
    strategy: form.strategy,
    targets: form.targets.map(({ deploymentId, weight }) => ({
      deployment_id: deploymentId,
      weight: isWeight(weight) ? Number(weight) : 1,
    })),
    deadline_s: Number(form.deadline),
    retries: Number(form.retries),
    cache: form.cache,
    trim: form.trim,
    ceiling_micro: toMicro(form.ceiling),
  }
}

/** By which words a model is asked for and shown: `provider/model`. */
export function namesOf(
  deployments: readonly Deployment[],
  providers: readonly Provider[],
): Map<string, string> {
  const called = new Map(providers.map(({ id, name }) => [id, name]))
  return new Map(
    deployments.map((one) => [one.id, `${called.get(one.provider_id) ?? '?'}/${one.model}`]),
  )
}

/** What an alias may lead to: a certain model, not whatever is named. */
export const targetable = (deployments: readonly Deployment[]): Deployment[] =>
  deployments.filter(({ model }) => model !== EVERY)
