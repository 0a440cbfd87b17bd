'use client'

import { type Prompt, prompts } from '@samoey/api'
import { useMutation } from '@tanstack/react-query'
import { Columns2, Square } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { SkeletonRows } from '@/ui/empty'
import { Field, Textarea } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { AnswerShown } from './AnswerShown'
import { useNames } from './names'
import { type Answerer, useAnswerers, useVersions } from './prompts'
import { type Answer, useAnswer } from './useAnswer'
import { type Values, valuesFor, Variables } from './Variables'

const ASSISTANT = 'assistant'

interface SideProps {
  label: string
  chosen: Answerer
  among: Answerer[]
  answer: Answer | null
  onChoose: (value: string) => void
}

function Side({ label, chosen, among, answer, onChoose }: SideProps) {
  return (
    <section aria-label={label} className="flex min-w-0 flex-col gap-3">
      <Select
        label={label}
        className="w-full"
        value={chosen.value}
        onChange={onChoose}
        options={among}
      />
      {answer ? <AnswerShown answer={answer} named={answer.model} /> : null}
    </section>
  )
}

interface CompareProps {
  /** None compares how conversations are answered. */
  free: Prompt | null
  among: Answerer[]
  names: string[]
}

/** Asks both sides at once, each by its own version. */
function useBoth(free: Prompt | null) {
  const { workspace } = useSession()
  const sides = [useAnswer(), useAnswer()] as const
  const ask = useMutation({
    mutationFn: async (asked: {
      model: string
      question: string
      values: Values
      versions: readonly [Answerer, Answerer]
    }) => {
      const shown = await Promise.all(
        asked.versions.map(({ text, variables, versionId }) =>
          free
            ? prompts.fillIn({
                workspace_id: workspace.id,
                text,
                values: valuesFor(variables, asked.values),
              })
            : prompts.preview({
                workspace_id: workspace.id,
                question: asked.question,
                instructions: versionId ? text : null,
              }),
        ),
      )
      sides.forEach((side, at) => {
        const messages = shown[at]?.messages ?? []
        side.ask({
          workspace_id: workspace.id,
          model: asked.model,
          prompt: messages.find(({ role }) => role === 'user')?.text ?? '',
          system: messages.find(({ role }) => role === 'system')?.text ?? null,
        })
      })
    },
  })
  return { sides, ask }
}

function Compare({ free, among, names }: CompareProps) {
  const { sides, ask } = useBoth(free)
  const [model, setModel] = useState(names[0] ?? '')
  const [question, setQuestion] = useState('')
  const [values, setValues] = useState<Values>({})
  const [chosen, setChosen] = useState<readonly [string, string]>(['', ''])
  const [first, second = first] = among
  if (!first || !second) return null
  const find = (value: string, or: Answerer) => among.find((it) => it.value === value) ?? or
  const versions = [find(chosen[0], second), find(chosen[1], first)] as const
  const variables = [...new Set(versions.flatMap((it) => it.variables))]
  const ready = free !== null || question.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) ask.mutate({ model, question, values, versions })
  }
  return (
    <div className="flex flex-col gap-6">
      <form onSubmit={submit} className="flex flex-col gap-4">
        {free ? (
          <Variables names={variables} values={values} onChange={setValues} />
        ) : (
          <Field label="Question" hint="The code of the workspace is searched for it, as ever.">
            {(wiring) => (
              <Textarea
                {...wiring}
                maxLength={8_000}
                value={question}
                onChange={(event) => setQuestion(event.target.value)}
              />
            )}
          </Field>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label="Model"
            className="w-64 max-w-full"
            value={model}
            onChange={setModel}
            options={names.map((name) => ({ value: name, label: name }))}
          />
          <Button type="submit" tone="accent" disabled={!ready} busy={ask.isPending}>
            <Columns2 size={16} aria-hidden />
            Ask by both
          </Button>
          {sides.some(({ answer }) => answer?.state === 'asked') ? (
            <Button onClick={() => sides.forEach(({ stop }) => stop())}>
              <Square size={16} aria-hidden />
              Stop
            </Button>
          ) : null}
        </div>
        {ask.error ? <ProblemPanel error={ask.error} /> : null}
      </form>
      <div className="grid gap-8 sm:grid-cols-2">
        {(['One version', 'The other version'] as const).map((label, at) => (
          <Side
            key={label}
            label={label}
            chosen={at ? versions[1] : versions[0]}
            among={among}
            answer={sides[at]?.answer ?? null}
            onChoose={(value) => setChosen(at ? [chosen[0], value] : [value, chosen[1]])}
          />
        ))}
      </div>
    </div>
  )
}

/** What there is to compare, once all of it is known. */
function useChoice(all: readonly Prompt[], free: Prompt | null) {
  const names = useNames()
  const answerers = useAnswerers(all)
  const versions = useVersions(free ? [free] : [])
  const among = free ? versions : answerers
  return names && among ? { names, among } : null
}

/** Two versions, one question, the same model. */
export function SideBySide({ all }: { all: readonly Prompt[] }) {
  const [what, setWhat] = useState(ASSISTANT)
  const frees = all.filter(({ purpose }) => purpose === 'free')
  const free = frees.find(({ id }) => id === what) ?? null
  const choice = useChoice(all, free)
  const whats = [
    { value: ASSISTANT, label: 'How conversations are answered' },
    ...frees.map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <section aria-labelledby="side-by-side" className="flex flex-col gap-4">
      <div>
        <h2 id="side-by-side" className="mb-1 text-sm font-semibold">
          Side by side
        </h2>
        <p className="max-w-[72ch] text-sm text-quiet">
          Two versions on one question. Citations are shown as the model writes them; nothing is
          kept, and it counts as your usage.
        </p>
      </div>
      {frees.length > 0 ? (
        <Select
          label="What to compare"
          className="w-72 max-w-full"
          value={free ? what : ASSISTANT}
          onChange={setWhat}
          options={whats}
        />
      ) : null}
      {!choice ? (
        <SkeletonRows rows={2} />
      ) : choice.names.length > 0 ? (
        <Compare key={free?.id ?? ASSISTANT} free={free} {...choice} />
      ) : (
        <p className="text-sm text-quiet">As soon as a model is connected, it can be asked here.</p>
      )}
    </section>
  )
}
