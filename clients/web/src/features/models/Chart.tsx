import { cn } from '@/ui/cn'
import { axisEnd, type ChartPlan, type Datum, sum, type Tone } from './usage'

const FILLS: Record<Tone, string> = {
  main: 'bg-accent',
  second: 'bg-quiet',
  bad: 'bg-bad',
}

interface ChartProps {
  plan: ChartPlan
  data: Datum[]
  /** Days stand beside each other; all else stands one below the other, under its name. */
  days: boolean
}

/** The greatest of them, for those who do not see the picture. */
function summary({ plan, data }: ChartProps): string {
  const greatest = data.reduce<Datum | null>(
    (best, one) => (best && sum(best.parts) >= sum(one.parts) ? best : one),
    null,
  )
  if (!greatest || sum(greatest.parts) === 0) return `${plan.title}: nothing`
  return `${plan.title}: most for ${greatest.name}, ${plan.format(sum(greatest.parts))}. Every figure stands in the table.`
}

function told(plan: ChartPlan, { name, parts }: Datum): string {
  const words = plan.series.map(({ label }, at) => {
    // The second time is counted from the start, though it is drawn on top of the first.
    const value = plan.title === 'Time to answer' ? sum(parts.slice(0, at + 1)) : parts[at]
    return `${plan.format(value ?? 0)} ${label}`
  })
  return `${name}: ${words.join(', ')}`
}

function Legend({ plan }: { plan: ChartPlan }) {
  if (plan.series.length < 2) return null
  return (
    <span className="flex flex-wrap gap-x-3 text-xs font-normal text-quiet">
      {plan.series.map(({ label, tone }) => (
        <span key={label} className="inline-flex items-center gap-1">
          <span aria-hidden className={cn('size-2 rounded-[2px]', FILLS[tone])} />
          {label}
        </span>
      ))}
    </span>
  )
}

function Columns({ plan, data, end }: { plan: ChartPlan; data: Datum[]; end: number }) {
  const [first, last] = [data[0], data[data.length - 1]]
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-2 text-xs text-quiet nums">
      <div className="flex h-28 flex-col justify-between text-right leading-none">
        <span>{plan.format(end)}</span>
        <span>{plan.format(end / 2)}</span>
        <span>0</span>
      </div>
      <div className="relative h-28 border-b border-line-strong">
        <div className="absolute inset-x-0 top-0 border-t" />
        <div className="absolute inset-x-0 top-1/2 border-t" />
        <div className="absolute inset-0 flex items-end gap-px">
          {data.map((datum) => (
            <div
              key={datum.name}
              title={told(plan, datum)}
              className="flex h-full grow basis-0 flex-col-reverse hover:bg-wash-strong"
            >
              {datum.parts.map((part, at) => (
                <div
                  key={at}
                  className={FILLS[plan.series[at]?.tone ?? 'main']}
                  style={{ height: `${(part / end) * 100}%` }}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
      <span />
      <div className="mt-1 flex justify-between">
        <span>{first?.name}</span>
        <span>{last?.name}</span>
      </div>
    </div>
  )
}

function Rows({ plan, data, end }: { plan: ChartPlan; data: Datum[]; end: number }) {
  return (
    <div className="grid grid-cols-[minmax(4rem,35%)_1fr] gap-x-2 gap-y-1 text-xs nums">
      {data.map((datum, row) => (
        <div key={row} className="col-span-2 grid grid-cols-subgrid items-center">
          <span className="truncate text-quiet" title={datum.name}>
            {datum.name}
          </span>
          <div className="flex h-3 bg-wash" title={told(plan, datum)}>
            {datum.parts.map((part, at) => (
              <div
                key={at}
                className={FILLS[plan.series[at]?.tone ?? 'main']}
                style={{ width: `${(part / end) * 100}%` }}
              />
            ))}
          </div>
        </div>
      ))}
      <span />
      <div className="flex justify-between border-t border-line-strong pt-1 text-quiet">
        <span>0</span>
        <span>{plan.format(end / 2)}</span>
        <span>{plan.format(end)}</span>
      </div>
    </div>
  )
}

/** Bars with an axis; what they say in full stands in the table beneath. */
export function Chart(props: ChartProps) {
  const { plan, data, days } = props
  const end = axisEnd(Math.max(0, ...data.map(({ parts }) => sum(parts))), plan.least)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-3 text-sm font-medium">
        {plan.title}
        <Legend plan={plan} />
      </figcaption>
      <div role="img" aria-label={summary(props)}>
        {days ? (
          <Columns plan={plan} data={data} end={end} />
        ) : (
          <Rows plan={plan} data={data} end={end} />
        )}
      </div>
    </figure>
  )
}
