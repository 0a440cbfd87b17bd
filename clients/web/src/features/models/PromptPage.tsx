'use client'

import { type Prompt, prompts } from '@samoey/api'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ArrowLeft, Columns2, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { SkeletonRows } from '@/ui/empty'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { usePlaygroundDraft } from './playground-draft'
import { type Draft } from './prompt-drafts'
import { PromptEditor } from './PromptEditor'
import { PromptHistory } from './PromptHistory'
import { PromptMenu } from './PromptMenu'
import { PURPOSES } from './prompts'
import { type Values, valuesFor, Variables } from './Variables'

/** Fill a free text in, and take it to the playground. */
function UseIt({ prompt }: { prompt: Prompt }) {
  const { workspace } = useSession()
  const router = useRouter()
  const { change } = usePlaygroundDraft()
  const [values, setValues] = useState<Values>({})
  const { text, variables } = prompt.latest
  const fill = useMutation({
    mutationFn: () =>
      prompts.fillIn({
        workspace_id: workspace.id,
        text,
        values: valuesFor(variables, values),
      }),
    onSuccess: ({ messages }) => {
      change({ prompt: messages[0]?.text ?? '' })
      router.push('/models/?tab=playground')
    },
  })
  return (
    <section aria-labelledby="use" className="flex flex-col gap-4">
      <h3 id="use" className="text-sm font-semibold">
        Use it
      </h3>
      <Variables names={variables} values={values} onChange={setValues} />
      {fill.error ? <ProblemPanel error={fill.error} /> : null}
      <div>
        <Button busy={fill.isPending} onClick={() => fill.mutate()}>
          <Columns2 size={16} aria-hidden />
          Open in the playground
        </Button>
      </div>
    </section>
  )
}

interface PromptPageProps {
  prompt: Prompt
  mayChange: boolean
  mayAsk: boolean
  /** Where the list of all is. */
  back: string
  onGone: () => void
}

/** One prompt: its versions, what is different between them, and the next one. */
export function PromptPage({ prompt, mayChange, mayAsk, back, onGone }: PromptPageProps) {
  const versions = useQuery(prompts.versions(prompt.id))
  const [draft, setDraft] = useState<Draft | null>(null)
  const { name, purpose, latest } = prompt
  const write = (text: string, note: string) => setDraft({ name, purpose, text, note })
  return (
    <div className="flex flex-col gap-6">
      <div className="flex items-start justify-between gap-4 max-sm:flex-col">
        <div className="min-w-0">
          <Link
            href={back}
            className="mb-1 inline-flex items-center gap-1 text-sm text-quiet hover:text-text"
          >
            <ArrowLeft size={16} aria-hidden />
            All prompts
          </Link>
          <h2 className="text-md font-semibold break-words">{name}</h2>
          <p className="text-sm text-quiet">
            {PURPOSES.find(({ value }) => value === purpose)?.label}
          </p>
        </div>
        {mayChange ? (
          <div className="flex items-center gap-2">
            <Button tone="accent" onClick={() => write(latest.text, '')}>
              <Plus size={16} aria-hidden />
              New version
            </Button>
            <PromptMenu prompt={prompt} onGone={onGone} />
          </div>
        ) : null}
      </div>
      {versions.error ? (
        <ProblemPanel error={versions.error} retry={() => void versions.refetch()} />
      ) : null}
      {versions.isPending ? <SkeletonRows rows={3} /> : null}
      {versions.data ? (
        <PromptHistory
          prompt={prompt}
          versions={versions.data}
          mayChange={mayChange}
          onBack={({ text, number }) => write(text, `Back to version ${number}`)}
        />
      ) : null}
      {purpose === 'free' && mayAsk ? <UseIt key={latest.id} prompt={prompt} /> : null}
      {draft ? (
        <PromptEditor
          prompt={prompt}
          begin={draft}
          draftKey={`${prompt.id} ${draft.note}`}
          onDone={() => setDraft(null)}
        />
      ) : null}
    </div>
  )
}
