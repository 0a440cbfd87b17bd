'use client'

import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { IconButton } from '@/ui/button'
import { Input } from '@/ui/field'
import { Select } from '@/ui/select'
import { moved, type TargetDraft } from './aliases'

interface TargetsProps {
  targets: TargetDraft[]
  weighted: boolean
  /** `provider/model` by the deployment's id. */
  names: ReadonlyMap<string, string>
  error: string | undefined
  onChange: (targets: TargetDraft[]) => void
}

interface TargetRowProps extends Omit<TargetsProps, 'error'> {
  at: number
  target: TargetDraft
  move: (at: number, step: 1 | -1) => void
}

function TargetRow({ at, target, targets, weighted, names, onChange, move }: TargetRowProps) {
  const name = names.get(target.deploymentId) ?? 'a model that is gone'
  const press = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(at, event.key === 'ArrowUp' ? -1 : 1)
  }
  const weigh = (weight: string) =>
    onChange(targets.map((one, place) => (place === at ? { ...one, weight } : one)))
  return (
    <li
      tabIndex={0}
      data-target={target.deploymentId}
      onKeyDown={press}
      aria-label={`${at + 1}. ${name}`}
      className="flex min-h-10 items-center gap-2 border-b px-2 last:border-b-0"
    >
      <span className="w-4 shrink-0 text-xs text-quiet nums">{at + 1}</span>
      <span className="min-w-0 grow truncate text-sm" title={name}>
        {name}
      </span>
      {weighted ? (
        <Input
          aria-label={`Weight of ${name}`}
          inputMode="numeric"
          className="w-16 shrink-0 text-right nums"
          value={target.weight}
          onChange={(event) => weigh(event.target.value)}
        />
      ) : null}
      <div className="flex shrink-0">
        <IconButton
          label={`Move ${name} up`}
          keys="Alt+↑"
          size="icon-sm"
          disabled={at === 0}
          onClick={() => move(at, -1)}
        >
          <ArrowUp size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={`Move ${name} down`}
          keys="Alt+↓"
          size="icon-sm"
          disabled={at === targets.length - 1}
          onClick={() => move(at, 1)}
        >
          <ArrowDown size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={`Take ${name} out`}
          size="icon-sm"
          onClick={() => onChange(targets.filter((_, place) => place !== at))}
        >
          <X size={16} aria-hidden />
        </IconButton>
      </div>
    </li>
  )
}

/** The models behind a name, in order; moved by buttons, or by Alt and an arrow on a row. */
export function Targets({ error, ...props }: TargetsProps) {
  const { targets, names, onChange } = props
  const list = useRef<HTMLOListElement>(null)
  const left = [...names].filter(([id]) => !targets.some((one) => one.deploymentId === id))
  const move = (at: number, step: 1 | -1) => {
    const next = moved(targets, at, step)
    onChange(next)
    const id = targets[at]?.deploymentId
    // The row keeps the focus wherever it goes.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-target="${id}"]`)?.focus(),
    )
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Models</legend>
      {targets.length > 0 ? (
        <ol ref={list} className="rounded-sm border">
          {targets.map((target, at) => (
            <TargetRow key={target.deploymentId} {...props} at={at} target={target} move={move} />
          ))}
        </ol>
      ) : null}
      {left.length > 0 ? (
        <Select
          label="Add a model"
          className="w-full"
          value=""
          onChange={(id) => {
            if (id) onChange([...targets, { deploymentId: id, weight: '1' }])
          }}
          options={[
            { value: '', label: 'Add a model…' },
            ...left.map(([value, label]) => ({ value, label })),
          ]}
        />
      ) : null}
      {error ? (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
