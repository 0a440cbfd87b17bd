'use client'

import { Columns2, Square } from 'lucide-react'
import type { FormEvent, KeyboardEvent } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { Field, Textarea } from '@/ui/field'
import { Select } from '@/ui/select'
import { AnswerShown } from './AnswerShown'
import { useNames } from './names'
import { usePlaygroundDraft } from './playground-draft'
import { type Answer, useAnswer } from './useAnswer'

interface SideProps {
  label: string
  model: string
  names: string[]
  answer: Answer | null
  onModel: (model: string) => void
}

/** One of the two: which model, what it says, how long it took. */
function Side({ label, model, names, answer, onModel }: SideProps) {
  return (
    <section aria-label={label} className="flex min-w-0 flex-col gap-3">
      <Select
        label={label}
        className="w-full"
        value={model}
        onChange={onModel}
        options={names.map((name) => ({ value: name, label: name }))}
      />
      {answer ? <AnswerShown answer={answer} named={model} /> : null}
    </section>
  )
}

interface AskProps {
  under: boolean
  onAsk: (prompt: string, system: string) => void
  onStop: () => void
}

function AskForm({ under, onAsk, onStop }: AskProps) {
  const { prompt, system, change } = usePlaygroundDraft()
  const ready = prompt.trim() !== ''
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (ready) onAsk(prompt, system)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit()
  }
  return (
    <form onSubmit={submit} onKeyDown={press} className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
        <Field label="Prompt" hint="Nothing else is sent along: no code, no earlier messages.">
          {(wiring) => (
            <Textarea
              {...wiring}
              maxLength={100_000}
              value={prompt}
              onChange={(event) => change({ prompt: event.target.value })}
            />
          )}
        </Field>
        <Field label="Instructions" optional hint="What the models are told before.">
          {(wiring) => (
            <Textarea
              {...wiring}
              maxLength={100_000}
              value={system}
              onChange={(event) => change({ system: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="flex gap-2">
        <Button type="submit" tone="accent" disabled={!ready}>
          <Columns2 size={16} aria-hidden />
          Ask both
        </Button>
        {under ? (
          <Button onClick={onStop}>
            <Square size={16} aria-hidden />
            Stop
          </Button>
        ) : null}
      </div>
    </form>
  )
}

/** Two models, the same prompt, side by side. */
export function Playground() {
  const { workspace } = useSession()
  const names = useNames()
  const sides = [useAnswer(), useAnswer()] as const
  const { one, other, change } = usePlaygroundDraft()
  if (!names) return <SkeletonRows rows={3} />
  const [first] = names
  if (first === undefined) {
    return (
      <Empty icon={<Columns2 size={20} aria-hidden />} title="No model to ask yet">
        As soon as a provider is connected and a model of it can be asked, two of them can be
        compared here.
      </Empty>
    )
  }
  const among = (name: string | null) => (name && names.includes(name) ? name : null)
  const asked = [among(one) ?? first, among(other) ?? names[1] ?? first] as const
  const ask = (prompt: string, system: string) =>
    sides.forEach((side, at) =>
      side.ask({
        workspace_id: workspace.id,
        model: asked[at] ?? first,
        prompt,
        system: system.trim() ? system : null,
      }),
    )
  return (
    <div className="flex flex-col gap-8">
      <AskForm
        under={sides.some(({ answer }) => answer?.state === 'asked')}
        onAsk={ask}
        onStop={() => sides.forEach(({ stop }) => stop())}
      />
      <div className="grid gap-8 sm:grid-cols-2">
        <Side
          label="One model"
          model={asked[0]}
          names={names}
          answer={sides[0].answer}
          onModel={(model) => change({ one: model })}
        />
        <Side
          label="The other model"
          model={asked[1]}
          names={names}
          answer={sides[1].answer}
          onModel={(model) => change({ other: model })}
        />
      </div>
    </div>
  )
}
