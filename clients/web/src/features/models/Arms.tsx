'use client'

import { type Arm, type ArmFigures, type Experiment, prompts } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '@/session'
import { count } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { dollars } from './money'
import { armName, verdict } from './prompts'
import { time } from './usage'

// Somebody who looks at figures wants to see them grow.
const SEEN_AGAIN_MS = 15_000

const percent = (part: number) => `${Math.round(part * 100)} %`

function liked({ liked: told }: ArmFigures): string {
  return told ? `${percent(told.share)} (${percent(told.low)} to ${percent(told.high)})` : 'too few'
}

const COLUMNS: [string, (of: ArmFigures) => string][] = [
  ['Answers', (of) => count(of.answers)],
  ['Not finished', (of) => count(of.failed)],
  ['Good / bad', (of) => `${count(of.up)} / ${count(of.down)}`],
  ['Found good', liked],
  ['Cost', (of) => dollars(of.cost_micro)],
  ['Half within', (of) => time(of.p50_ms)],
  ['19 in 20 within', (of) => time(of.p95_ms)],
  ['First words', (of) => time(of.first_ms)],
]

interface RowProps {
  arm: Arm
  /** Nothing where one may not know them. */
  figures: ArmFigures | null | undefined
  counted: boolean
}

function Row({ arm, figures, counted }: RowProps) {
  return (
    <tr className="border-b last:border-b-0">
      <th scope="row" className="py-2 pr-4 text-left font-normal whitespace-nowrap">
        {armName(arm)}
      </th>
      <td className="py-2 pl-4 text-right whitespace-nowrap">{arm.share} %</td>
      {counted
        ? COLUMNS.map(([name, told]) => (
            <td key={name} className="py-2 pl-4 text-right whitespace-nowrap">
              {figures ? told(figures) : name === 'Answers' ? '0' : '–'}
            </td>
          ))
        : null}
    </tr>
  )
}

interface ArmsProps {
  experiment: Experiment
  label: string
  /** Whether one may see how they went. */
  counted: boolean
}

/** The versions that answer side by side, and how their answers went. */
export function Arms({ experiment, label, counted }: ArmsProps) {
  const { workspace } = useSession()
  const { arms, ended_at } = experiment
  const figures = useQuery({
    ...prompts.figures(
      workspace.id,
      arms.map(({ id }) => id),
    ),
    enabled: counted,
    refetchInterval: ended_at ? false : SEEN_AGAIN_MS,
  })
  const said = figures.data ? verdict(arms, figures.data) : ''
  return (
    <div className="flex flex-col gap-2">
      <div role="region" aria-label={label} tabIndex={0} className="overflow-x-auto rounded-sm">
        <table className="w-full text-sm nums">
          <thead>
            <tr className="border-b text-xs text-quiet">
              <th scope="col" className="py-2 pr-4 text-left font-normal">
                Version
              </th>
              <th scope="col" className="py-2 pl-4 text-right font-normal">
                Share
              </th>
              {counted
                ? COLUMNS.map(([name]) => (
                    <th
                      key={name}
                      scope="col"
                      className="py-2 pl-4 text-right font-normal whitespace-nowrap"
                    >
                      {name}
                    </th>
                  ))
                : null}
            </tr>
          </thead>
          <tbody>
            {arms.map((arm) => (
              <Row
                key={arm.id}
                arm={arm}
                counted={counted}
                figures={figures.data?.find(({ arm_id }) => arm_id === arm.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {figures.error ? (
        <ProblemPanel error={figures.error} retry={() => void figures.refetch()} />
      ) : null}
      {said ? <p className="max-w-[72ch] text-sm text-quiet">{said}</p> : null}
    </div>
  )
}
