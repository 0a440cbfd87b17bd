'use client'

import { models, type UsageBy, type UsageRow } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { ChartColumn } from 'lucide-react'
import { Empty, SkeletonRows } from '@/ui/empty'
import { count } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { Chart } from './Chart'
import { dollars } from './money'
import { dayBegin } from './times'
import { CHARTS, dataOf, everyDay, rowName, time, totalsOf } from './usage'

const SPANS = [
  { value: '7', label: 'The last 7 days' },
  { value: '30', label: 'The last 30 days' },
  { value: '90', label: 'The last 90 days' },
]
const BYS: { value: UsageBy; label: string }[] = [
  { value: 'day', label: 'By day' },
  { value: 'model', label: 'By model' },
  { value: 'key', label: 'By key' },
  { value: 'person', label: 'By person' },
]
const HEADS: Record<UsageBy, string> = {
  day: 'Day (UTC)',
  model: 'Model',
  key: 'Key',
  person: 'Person',
}
/** So many bars can be told apart; the table has all. */
const BARS = 8
// Somebody who looks at figures wants to see them grow.
const SEEN_AGAIN_MS = 15_000

export interface UsageView {
  by: string | null
  days: string | null
}

interface UsageProps {
  everybody: boolean
  view: UsageView
  onView: (view: { by: string; days: string }) => void
}

function Figures({ rows }: { rows: UsageRow[] }) {
  const { requests, errors, tokens, cost } = totalsOf(rows)
  const figures: [string, string, string?][] = [
    ['Requests', count(requests), errors ? `${count(errors)} not answered` : undefined],
    ['Tokens', count(tokens)],
    ['Cost', dollars(cost)],
  ]
  return (
    <dl className="flex flex-wrap gap-x-12 gap-y-4">
      {figures.map(([name, figure, more]) => (
        <div key={name}>
          <dt className="text-xs text-quiet">{name}</dt>
          <dd className="text-lg font-semibold nums">{figure}</dd>
          {more ? <dd className="text-xs text-quiet nums">{more}</dd> : null}
        </div>
      ))}
    </dl>
  )
}

const COLUMNS: [string, (row: UsageRow) => string][] = [
  ['Requests', (row) => count(row.requests)],
  ['Not answered', (row) => count(row.errors)],
  ['Prompt tokens', (row) => count(row.prompt_tokens)],
  ['Answer tokens', (row) => count(row.completion_tokens)],
  ['Cost', (row) => dollars(row.cost_micro)],
  ['Half within', (row) => time(row.p50_ms)],
  ['19 in 20 within', (row) => time(row.p95_ms)],
  ['First token', (row) => time(row.first_ms)],
]

function Table({ rows, by }: { rows: UsageRow[]; by: UsageBy }) {
  return (
    <div
      role="region"
      aria-label="Usage in figures"
      tabIndex={0}
      className="overflow-x-auto rounded-sm"
    >
      <table className="w-full text-sm nums">
        <thead>
          <tr className="border-b text-xs text-quiet">
            <th scope="col" className="py-2 pr-4 text-left font-normal">
              {HEADS[by]}
            </th>
            {COLUMNS.map(([name]) => (
              <th key={name} scope="col" className="py-2 pl-4 text-right font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.bucket ?? ''} className="border-b last:border-b-0">
              <th scope="row" className="py-2 pr-4 text-left font-normal whitespace-nowrap">
                {rowName(row, by)}
              </th>
              {COLUMNS.map(([name, told]) => (
                <td key={name} className="py-2 pl-4 text-right whitespace-nowrap">
                  {told(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Told({ rows, by, days }: { rows: UsageRow[]; by: UsageBy; days: number }) {
  const drawn = by === 'day' ? everyDay(rows, days) : rows
  const listed = by === 'day' ? [...rows].reverse() : rows
  return (
    <>
      <Figures rows={rows} />
      <div className="grid gap-x-12 gap-y-8 sm:grid-cols-2">
        {CHARTS.map((plan) => (
          <Chart
            key={plan.title}
            plan={plan}
            days={by === 'day'}
            data={dataOf(drawn, plan, by, by === 'day' ? days : BARS)}
          />
        ))}
      </div>
      <Table rows={listed} by={by} />
      <p className="text-xs text-quiet">
        A cost is what the answers cost by the prices that were known when they came; without a
        price it is $0.
      </p>
    </>
  )
}

const among = <T extends string>(options: readonly { value: T }[], wanted: string | null, or: T) =>
  options.find(({ value }) => value === wanted)?.value ?? or

/** What was asked of models, what it took and what it cost. */
export function Usage({ everybody, view, onView }: UsageProps) {
  const by = among(BYS, view.by, 'day')
  const days = among(SPANS, view.days, '30')
  const usage = useQuery({
    ...models.usage(by, dayBegin(Number(days) - 1)),
    refetchInterval: SEEN_AGAIN_MS,
  })
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-wrap items-center gap-3">
        <Select
          label="Time"
          className="w-44"
          value={days}
          onChange={(next) => onView({ by, days: next })}
          options={SPANS}
        />
        <Select
          label="Summed up"
          className="w-36"
          value={by}
          onChange={(next) => onView({ by: next, days })}
          options={BYS}
        />
        <p className="text-sm text-quiet">
          {everybody ? 'Of everybody in the workspace.' : 'What you asked, and your keys.'}
        </p>
      </div>
      {usage.isPending ? <SkeletonRows rows={4} /> : null}
      {usage.error ? <ProblemPanel error={usage.error} retry={() => void usage.refetch()} /> : null}
      {usage.data?.length === 0 ? (
        <Empty icon={<ChartColumn size={20} aria-hidden />} title="Nothing was asked in this time">
          As soon as a person or a program asks a model, it is counted here.
        </Empty>
      ) : null}
      {usage.data && usage.data.length > 0 ? (
        <Told rows={usage.data} by={by} days={Number(days)} />
      ) : null}
    </div>
  )
}
