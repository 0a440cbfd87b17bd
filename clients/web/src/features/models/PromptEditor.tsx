'use client'

import { type Prompt, type PromptPurpose, prompts, type Shown } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Eye } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Field, Input, Textarea } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { type Draft, usePromptDrafts } from './prompt-drafts'
import { PURPOSES } from './prompts'
import { PromptShown } from './PromptShown'
import { type Values, valuesFor, Variables, variablesOf } from './Variables'

const MOST_CHARACTERS = 8_000

interface EditorProps {
  /** None makes a new one. */
  prompt: Prompt | null
  begin: Draft
  /** Under which name what is typed stays until it is kept or given up. */
  draftKey: string
  onDone: (kept: Prompt | null) => void
}

interface FieldsProps {
  draft: Draft
  known: boolean
  change: (part: Partial<Draft>) => void
}

/** What it is called and what it is for; both are given once. */
function NewFields({ draft, change }: Omit<FieldsProps, 'known'>) {
  return (
    <>
      <Field label="Name">
        {(wiring) => (
          <Input
            {...wiring}
            required
            maxLength={80}
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="What for">
        {(wiring) => (
          <Select
            {...wiring}
            value={draft.purpose}
            onChange={(purpose) => change({ purpose: purpose as PromptPurpose })}
            options={PURPOSES}
          />
        )}
      </Field>
    </>
  )
}

function Fields({ draft, known, change }: FieldsProps) {
  const free = draft.purpose === 'free'
  return (
    <>
      {known ? null : <NewFields draft={draft} change={change} />}
      <Field
        label="Text"
        hint={
          free
            ? 'Write {{name}} where a value shall stand.'
            : 'The rules on citing and sources stand in front of it, always.'
        }
      >
        {(wiring) => (
          <Textarea
            {...wiring}
            required
            spellCheck={false}
            maxLength={MOST_CHARACTERS}
            className="min-h-56 font-mono text-sm"
            value={draft.text}
            onChange={(event) => change({ text: event.target.value })}
          />
        )}
      </Field>
      <Field label="Note" optional hint="What is different, for those who read the versions.">
        {(wiring) => (
          <Input
            {...wiring}
            maxLength={300}
            value={draft.note}
            onChange={(event) => change({ note: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

/** The draft as a model would see it, before it is kept. */
function Preview({ draft }: { draft: Draft }) {
  const { workspace } = useSession()
  const [question, setQuestion] = useState('How does it start?')
  const [values, setValues] = useState<Values>({})
  const free = draft.purpose === 'free'
  const names = free ? variablesOf(draft.text) : []
  const look = useMutation<Shown>({
    mutationFn: () =>
      free
        ? prompts.fillIn({
            workspace_id: workspace.id,
            text: draft.text,
            values: valuesFor(names, values),
          })
        : prompts.preview({ workspace_id: workspace.id, question, instructions: draft.text }),
  })
  const ready = draft.text.trim() !== '' && (free || question.trim() !== '')
  return (
    <section aria-label="Preview" className="flex min-w-0 flex-col gap-4">
      {free ? (
        <Variables names={names} values={values} onChange={setValues} />
      ) : (
        <Field label="A question to see it with" hint="Nobody is asked; the code is searched.">
          {(wiring) => (
            <Input
              {...wiring}
              maxLength={8_000}
              value={question}
              onChange={(event) => setQuestion(event.target.value)}
            />
          )}
        </Field>
      )}
      <div>
        <Button disabled={!ready} busy={look.isPending} onClick={() => look.mutate()}>
          <Eye size={16} aria-hidden />
          Preview
        </Button>
      </div>
      {look.error ? <ProblemPanel error={look.error} /> : null}
      {look.data ? <PromptShown shown={look.data} free={free} /> : null}
    </section>
  )
}

/** Write a version, see what it comes to, keep it. */
export function PromptEditor({ prompt, begin, draftKey, onDone }: EditorProps) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  const [before] = useState(prompt)
  const { byKey, keep, drop } = usePromptDrafts()
  const draft = byKey[draftKey] ?? begin
  const leave = (kept: Prompt | null) => {
    drop(draftKey)
    onDone(kept)
  }
  const next = before ? before.latest.number + 1 : 1
  const save = useMutation({
    mutationFn: () =>
      before
        ? prompts.addVersion(before.id, {
            version: before.version,
            text: draft.text,
            note: draft.note,
          })
        : prompts.add({ ...draft, workspace_id: workspace.id }),
    onSuccess: leave,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models', 'prompts'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog
      open
      huge
      onOpenChange={() => onDone(null)}
      title={before ? `${before.name}, version ${next}` : 'New prompt'}
      about="A version never changes once it is kept; going back is a new version."
    >
      <div className="grid gap-8 wide:grid-cols-2">
        <form onSubmit={submit} className="flex min-w-0 flex-col gap-4">
          <Fields
            draft={draft}
            known={before !== null}
            change={(part) => keep(draftKey, { ...draft, ...part })}
          />
          {save.error ? <ProblemPanel error={save.error} /> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={() => leave(null)}>Cancel</Button>
            <Button type="submit" tone="accent" busy={save.isPending}>
              Keep version {next}
            </Button>
          </div>
        </form>
        <Preview draft={draft} />
      </div>
    </Dialog>
  )
}
