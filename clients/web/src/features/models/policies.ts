import type { PolicedKey, Schemas, UsageRow } from '@samoey/api'
import { count } from '@/ui/format'
import { toWhole } from './deployments'
import { dollars, fromMicro, toMicro } from './money'

type Policy = Schemas['PolicyOut']

/** What a key may do, as it stands in the fields of a form; empty is no limit. */
export interface PolicyForm {
  /** Only these models, or all of them. */
  only: boolean
  models: string[]
  rpm: string
  tpm: string
  day: string
  month: string
}

const text = (value: number | null | undefined): string => (value == null ? '' : String(value))

export function policyForm(policy: Policy): PolicyForm {
  return {
    only: policy.models != null,
    models: policy.models ?? [],
    rpm: text(policy.rpm),
    tpm: text(policy.tpm),
    day: fromMicro(policy.day_micro),
    month: fromMicro(policy.month_micro),
  }
}

/** What is wrong with the form, by field. */
export function policyMisfits(form: PolicyForm): Partial<Record<keyof PolicyForm, string>> {
  const wrong: Partial<Record<keyof PolicyForm, string>> = {}
  for (const field of ['rpm', 'tpm'] as const) {
    if (Number.isNaN(toWhole(form[field]))) wrong[field] = 'A whole number from 1 on.'
  }
  for (const field of ['day', 'month'] as const) {
    if (Number.isNaN(toMicro(form[field]))) wrong[field] = 'An amount of dollars, such as 20.'
  }
  return wrong
}

export function policyBody(form: PolicyForm, version: number): Schemas['PolicyShape'] {
  return {
    version,
    models: form.only ? form.models : null,
    rpm: toWhole(form.rpm),
    tpm: toWhole(form.tpm),
    day_micro: toMicro(form.day),
    month_micro: toMicro(form.month),
  }
}

/** What a key may do, in a few words; nothing where it may do all that its owner may. */
export function policyFacts(policy: Policy): string[] {
  const { models, rpm, tpm } = policy
  return [
    models == null ? '' : models.length === 0 ? 'no models' : `only ${models.join(', ')}`,
    rpm ? `${count(rpm)} requests a minute` : '',
    tpm ? `${count(tpm)} tokens a minute` : '',
  ].filter(Boolean)
}

export interface Spending {
  label: 'Today' | 'This month'
  spent: number
  /** None is no limit. */
  most: number | null
}

/** What was spent by a key, today and this month, against what it may spend. */
export function spendingOf(
  key: PolicedKey,
  today: readonly UsageRow[],
  month: readonly UsageRow[],
): Spending[] {
  const spent = (rows: readonly UsageRow[]) =>
    rows.find(({ bucket }) => bucket === key.id)?.cost_micro ?? 0
  return [
    { label: 'Today', spent: spent(today), most: key.policy.day_micro ?? null },
    { label: 'This month', spent: spent(month), most: key.policy.month_micro ?? null },
  ]
}

/** "$2.10 of $20.00, $17.90 left" */
export function spendingWords({ spent, most }: Spending): string {
  if (most === null) return `${dollars(spent)}, no budget`
  const left = Math.max(0, most - spent)
  return `${dollars(spent)} of ${dollars(most)}, ${left === 0 ? 'nothing' : dollars(left)} left`
}
