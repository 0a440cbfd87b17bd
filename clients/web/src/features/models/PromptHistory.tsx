'use client'

import type { Prompt, PromptVersion } from '@samoey/api'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/ui/button'
import { Comparison } from '@/ui/comparison'
import { Field } from '@/ui/field'
import { ago, moment } from '@/ui/format'
import { pairsOf } from '@/ui/line-pairs'
import { Select } from '@/ui/select'
import { TextBlock } from './TextBlock'

interface ChangesProps {
  versions: readonly PromptVersion[]
}

/** Two versions line by line; the newest and the one before until somebody chooses. */
function Changes({ versions }: ChangesProps) {
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({})
  const named = (number?: string) => versions.find((it) => String(it.number) === number)
  const to = named(chosen.to) ?? versions[0]
  const from = named(chosen.from) ?? versions[1] ?? to
  if (!from || !to) return null
  const pairs = from.text === to.text ? null : pairsOf(from.text, to.text)
  const options = versions.map(({ number }) => ({
    value: String(number),
    label: `Version ${number}`,
  }))
  return (
    <section aria-labelledby="changes" className="flex flex-col gap-3">
      <h3 id="changes" className="text-sm font-semibold">
        {versions.length > 1 ? 'Two versions, line by line' : 'The text'}
      </h3>
      {versions.length > 1 && from !== to && from.text === to.text ? (
        <p className="text-sm text-quiet">Both say the same.</p>
      ) : null}
      {versions.length > 1 ? (
        <div className="flex flex-wrap gap-4">
          {(
            [
              ['From', from, (value: string) => setChosen({ ...chosen, from: value })],
              ['To', to, (value: string) => setChosen({ ...chosen, to: value })],
            ] as const
          ).map(([label, version, onChange]) => (
            <Field key={label} label={label} className="w-40">
              {(wiring) => (
                <Select
                  {...wiring}
                  value={String(version.number)}
                  onChange={onChange}
                  options={options}
                />
              )}
            </Field>
          ))}
        </div>
      ) : null}
      {!pairs ? (
        <TextBlock label={`Version ${to.number}`} text={to.text} />
      ) : (
        <div className="rounded-sm bg-wash py-2">
          <Comparison pairs={pairs} start={1} />
        </div>
      )}
    </section>
  )
}

interface HistoryProps {
  prompt: Prompt
  versions: readonly PromptVersion[]
  mayChange: boolean
  onBack: (version: PromptVersion) => void
}

/** Every version with who kept it and why, and what is different between two. */
export function PromptHistory({ prompt, versions, mayChange, onBack }: HistoryProps) {
  return (
    <div className="flex flex-col gap-6">
      <ol aria-label={`Versions of ${prompt.name}`}>
        {versions.map((version) => (
          <li
            key={version.id}
            className="flex items-start gap-3 border-b py-3 last:border-b-0"
            data-version={version.number}
          >
            <span className="w-8 shrink-0 text-sm text-quiet nums">v{version.number}</span>
            <div className="min-w-0 grow">
              <p className="text-sm break-words">{version.note || 'No note.'}</p>
              <p className="text-xs text-quiet">
                {version.author ?? 'Somebody who left'},{' '}
                <time dateTime={version.created_at} title={moment(version.created_at)}>
                  {ago(version.created_at)}
                </time>
              </p>
            </div>
            {mayChange && version.number !== prompt.latest.number ? (
              <Button
                size="sm"
                tone="quiet"
                aria-label={`Go back to version ${version.number}`}
                onClick={() => onBack(version)}
              >
                <Undo2 size={16} aria-hidden />
                Go back
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      <Changes versions={versions} />
    </div>
  )
}
