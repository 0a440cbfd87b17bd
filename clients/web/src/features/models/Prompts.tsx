'use client'

import { type Prompt, prompts, type Traffic } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Plus, ScrollText, Split } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { SkeletonRows } from '@/ui/empty'
import { moment } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { Arms } from './Arms'
import { PromptEditor } from './PromptEditor'
import { PromptPage } from './PromptPage'
import { type Answerer, BUILT_IN_NAME, PURPOSES, useAnswerers } from './prompts'
import { SharesDialog } from './SharesDialog'
import { SideBySide } from './SideBySide'
import { TextBlock } from './TextBlock'

interface WhoProps {
  traffic: Traffic
  answerers: Answerer[] | null
  mayChange: boolean
  counted: boolean
}

/** Which versions answer conversations, and how that goes. */
function WhoAnswers({ traffic, answerers, mayChange, counted }: WhoProps) {
  const [open, setOpen] = useState(false)
  const { running, earlier } = traffic
  return (
    <section aria-labelledby="who-answers" className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-4 max-sm:flex-col">
        <div>
          <h2 id="who-answers" className="text-sm font-semibold">
            Who answers conversations
          </h2>
          <p className="max-w-[72ch] text-sm text-quiet">
            {running
              ? `Since ${moment(running.created_at)}, decided by ${running.author ?? 'somebody who left'}.`
              : 'What is built in answers all of them; nothing is counted until somebody decides.'}
          </p>
        </div>
        {mayChange && answerers ? (
          <Button onClick={() => setOpen(true)}>
            <Split size={16} aria-hidden />
            Change shares
          </Button>
        ) : null}
      </div>
      {running ? <Arms experiment={running} label="Who answers" counted={counted} /> : null}
      {earlier.length > 0 ? (
        <details>
          <summary className="cursor-default text-sm text-quiet">
            Who answered before ({earlier.length})
          </summary>
          <div className="mt-3 flex flex-col gap-6">
            {earlier.map((one) => (
              <div key={one.id}>
                <p className="text-xs text-quiet">
                  {moment(one.created_at)} to {one.ended_at ? moment(one.ended_at) : 'now'}
                </p>
                <Arms
                  experiment={one}
                  label={`Who answered until ${one.ended_at ? moment(one.ended_at) : 'now'}`}
                  counted={counted}
                />
              </div>
            ))}
          </div>
        </details>
      ) : null}
      {open && answerers ? (
        <SharesDialog traffic={traffic} answerers={answerers} onDone={() => setOpen(false)} />
      ) : null}
    </section>
  )
}

/** The text that is always there. */
function BuiltIn() {
  const [open, setOpen] = useState(false)
  const builtIn = useQuery({ ...prompts.builtIn(), enabled: open })
  return (
    <li className="border-b py-3 last:border-b-0">
      <div className="flex items-center gap-3">
        <button
          type="button"
          aria-expanded={open}
          className="min-w-0 grow rounded-sm text-left hover:underline"
          onClick={() => setOpen(!open)}
        >
          <span className="font-medium">{BUILT_IN_NAME}</span>
        </button>
        <Chip>always there</Chip>
      </div>
      <p className="text-xs text-quiet">{PURPOSES[0]?.label}</p>
      {open && builtIn.data ? (
        <div className="mt-3">
          <TextBlock label="The text that is built in" text={builtIn.data.text} />
        </div>
      ) : null}
    </li>
  )
}

interface ListProps {
  all: readonly Prompt[]
  /** The prompts of which a version answers. */
  answering: ReadonlySet<string | null>
  hrefOf: (prompt: Prompt) => string
}

function List({ all, answering, hrefOf }: ListProps) {
  return (
    <ul aria-label="Prompts">
      <BuiltIn />
      {all.map((prompt) => (
        <li key={prompt.id} className="border-b py-3 last:border-b-0" data-prompt={prompt.name}>
          <div className="flex items-center gap-3">
            <Link
              href={hrefOf(prompt)}
              className="min-w-0 grow font-medium break-words hover:underline"
            >
              {prompt.name}
            </Link>
            {answering.has(prompt.id) ? <Chip tone="good">answers</Chip> : null}
            <span className="shrink-0 text-sm text-quiet nums">v{prompt.latest.number}</span>
          </div>
          <p className="text-xs text-quiet">
            {[PURPOSES.find(({ value }) => value === prompt.purpose)?.label, prompt.latest.note]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </li>
      ))}
    </ul>
  )
}

function answeringOf({ running }: Traffic, among: readonly Answerer[]): Set<string | null> {
  const now = new Set(running?.arms.map(({ version_id }) => version_id))
  const answering = among.filter(({ versionId }) => versionId && now.has(versionId))
  return new Set(answering.map(({ promptId }) => promptId))
}

interface PromptsProps {
  mayChange: boolean
  /** Whether one may ask models, and see how answers went. */
  mayAsk: boolean
  /** The prompt that the address names. */
  chosen: string | null
  onChoose: (promptId: string | null) => void
}

const ALL = '/models/?tab=prompts'

/** Texts that models are told: in versions, compared by what becomes of them. */
export function Prompts({ mayChange, mayAsk, chosen, onChoose }: PromptsProps) {
  const { workspace } = useSession()
  const list = useQuery(prompts.list())
  const traffic = useQuery(prompts.traffic(workspace.id))
  const answerers = useAnswerers(list.data ?? [])
  const [making, setMaking] = useState(false)
  const error = list.error ?? traffic.error
  if (error) {
    return (
      <ProblemPanel
        error={error}
        retry={() => void Promise.all([list.refetch(), traffic.refetch()])}
      />
    )
  }
  if (!list.data || !traffic.data) return <SkeletonRows rows={4} />
  const prompt = list.data.find(({ id }) => id === chosen)
  if (prompt) {
    const gone = () => onChoose(null)
    const rights = { mayChange, mayAsk }
    return <PromptPage key={prompt.id} prompt={prompt} {...rights} back={ALL} onGone={gone} />
  }
  return (
    <div className="flex flex-col gap-10">
      <WhoAnswers
        traffic={traffic.data}
        answerers={list.data ? answerers : null}
        mayChange={mayChange}
        counted={mayAsk}
      />
      <section aria-labelledby="prompts" className="flex flex-col gap-2">
        <div className="flex items-center justify-between gap-4">
          <h2 id="prompts" className="text-sm font-semibold">
            Prompts
          </h2>
          {mayChange ? (
            <Button tone="accent" onClick={() => setMaking(true)}>
              <Plus size={16} aria-hidden />
              New prompt
            </Button>
          ) : null}
        </div>
        <List
          all={list.data}
          answering={answeringOf(traffic.data, answerers ?? [])}
          hrefOf={({ id }) => `${ALL}&prompt=${id}`}
        />
        {list.data.length === 0 ? (
          <p className="flex items-center gap-2 py-2 text-sm text-quiet">
            <ScrollText size={16} aria-hidden />
            Write down how your team wants to be answered, and compare that with what is built in.
          </p>
        ) : null}
      </section>
      {mayAsk ? <SideBySide all={list.data} /> : null}
      {making ? (
        <PromptEditor
          prompt={null}
          draftKey="new"
          begin={{ name: '', purpose: 'assistant', text: '', note: '' }}
          onDone={(kept) => {
            setMaking(false)
            if (kept) onChoose(kept.id)
          }}
        />
      ) : null}
    </div>
  )
}
