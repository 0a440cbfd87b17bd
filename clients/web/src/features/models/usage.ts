import type { UsageBy, UsageRow } from '@samoey/api'
import { count } from '@/ui/format'
import { dollars } from './money'
import { dayName, lastDays } from './times'

/** One thing on the axis of a chart: a day, a model, a key or a person. */
export interface Datum {
  name: string
  /** The parts of its bar, one on top of the other, as the series go. */
  parts: number[]
}

export type Tone = 'main' | 'second' | 'bad'

export interface ChartPlan {
  title: string
  series: { label: string; tone: Tone }[]
  parts: (row: UsageRow) => number[]
  /** Where its axis ends at the least. */
  least: number
  format: (value: number) => string
}

const ms = (value: number): string =>
  value >= 10_000 ? `${Math.round(value / 1000)} s` : `${count(Math.round(value))} ms`

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** What is drawn of usage, the same whatever it is summed up by. */
export const CHARTS: readonly ChartPlan[] = [
  {
    title: 'Requests',
    series: [
      { label: 'answered', tone: 'main' },
      { label: 'not answered', tone: 'bad' },
    ],
    parts: (row) => [row.requests - row.errors, row.errors],
    least: 2,
    format: (value) => short.format(value),
  },
  {
    title: 'Tokens',
    series: [
      { label: 'prompts', tone: 'main' },
      { label: 'answers', tone: 'second' },
    ],
    parts: (row) => [row.prompt_tokens, row.completion_tokens],
    least: 10,
    format: (value) => short.format(value),
  },
  {
    title: 'Cost',
    series: [{ label: 'dollars', tone: 'main' }],
    parts: (row) => [row.cost_micro],
    least: 10_000,
    format: dollars,
  },
  {
    title: 'Time to answer',
    series: [
      { label: 'half took no longer', tone: 'main' },
      { label: '19 in 20 took no longer', tone: 'second' },
    ],
    parts: (row) => [row.p50_ms ?? 0, Math.max(0, (row.p95_ms ?? 0) - (row.p50_ms ?? 0))],
    least: 100,
    format: ms,
  },
]

const EMPTY: Omit<UsageRow, 'bucket' | 'label'> = {
  requests: 0,
  errors: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
  cost_micro: 0,
  p50_ms: null,
  p95_ms: null,
  first_ms: null,
}

const NOBODY: Record<UsageBy, string> = {
  day: 'some day',
  model: 'no model',
  key: 'without a key, in the product',
  person: 'somebody who is gone',
}

/** What a row is called. */
export function rowName(row: UsageRow, by: UsageBy): string {
  if (by === 'day' && row.bucket) return dayName(row.bucket.slice(0, 10))
  return row.label ?? (row.bucket ? NOBODY.person : NOBODY[by])
}

/** Days on which nothing was asked are days too. */
export function everyDay(rows: readonly UsageRow[], days: number, now?: number): UsageRow[] {
  const known = new Map(rows.map((row) => [row.bucket?.slice(0, 10), row]))
  return lastDays(days, now).map((day) => known.get(day) ?? { ...EMPTY, bucket: day, label: day })
}

/** The same as a chart takes it; of many rows the first ones. */
export function dataOf(
  rows: readonly UsageRow[],
  plan: ChartPlan,
  by: UsageBy,
  most: number,
): Datum[] {
  return rows.slice(0, most).map((row) => ({ name: rowName(row, by), parts: plan.parts(row) }))
}

export const sum = (parts: readonly number[]): number => parts.reduce((all, one) => all + one, 0)

/** The end of an axis: the first of 1, 2, 4, 6, 8, 10, 20, 40… that holds `most`. */
export function axisEnd(most: number, least = 1): number {
  const held = Math.max(most, least)
  const power = 10 ** Math.floor(Math.log10(held))
  const step = [1, 2, 4, 6, 8].find((one) => one * power >= held) ?? 10
  return step * power
}

export interface Totals {
  requests: number
  errors: number
  tokens: number
  cost: number
}

export function totalsOf(rows: readonly UsageRow[]): Totals {
  return {
    requests: sum(rows.map((row) => row.requests)),
    errors: sum(rows.map((row) => row.errors)),
    tokens: sum(rows.map((row) => row.prompt_tokens + row.completion_tokens)),
    cost: sum(rows.map((row) => row.cost_micro)),
  }
}

/** A time as a table says it, or a dash where there is none. */
export const time = (value: number | null): string => (value === null ? '–' : ms(value))
