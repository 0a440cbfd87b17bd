'use client'

import { type Model, models } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { Chip } from '@/ui/chip'
import { CopyButton } from '@/ui/copy'
import { SkeletonRows } from '@/ui/empty'
import { ProblemPanel } from '@/ui/problem'

const EXAMPLE = `export OPENAI_API_KEY=...
# any OpenAI-compatible endpoint; leave it out for OpenAI's own
export OPENAI_BASE_URL=http://localhost:11434/v1
samoey up`

function ModelRow({ model }: { model: Model }) {
  return (
    <li className="flex items-start gap-3 border-b py-3 last:border-b-0">
      {model.connected ? (
        <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-good" />
      ) : (
        <CircleDashed size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
      )}
      <div className="min-w-0 grow">
        <p className="flex items-center gap-2 text-sm font-medium">
          {model.id}
          {model.is_default ? <Chip>answers by default</Chip> : null}
        </p>
        <p className="text-sm text-quiet">{model.detail}</p>
      </div>
      <span className="shrink-0 text-xs text-quiet max-sm:sr-only">
        {model.provider} · {model.connected ? 'connected' : 'not connected'}
      </span>
    </li>
  )
}

/** Which models answer here, and how to connect one. */
export function Models() {
  const list = useQuery(models.list())
  return (
    <div className="flex flex-col gap-6">
      {list.isPending ? <SkeletonRows rows={2} /> : null}
      {list.error ? <ProblemPanel error={list.error} retry={() => void list.refetch()} /> : null}
      <ul>
        {list.data?.map((model) => (
          <ModelRow key={model.id} model={model} />
        ))}
      </ul>
      <section aria-labelledby="connect" className="max-w-[72ch]">
        <h2 id="connect" className="mb-2 text-sm font-semibold">
          Connect a model
        </h2>
        <p className="mb-3 text-sm text-quiet">
          Models are connected where the server runs, so that no key passes through a browser. Set
          these and start it again. Without a model, answers are the best passages of your code.
        </p>
        <div className="flex items-start justify-between gap-2 rounded-md border bg-surface p-3">
          <pre tabIndex={0} className="code-lines overflow-x-auto">
            {EXAMPLE}
          </pre>
          <CopyButton text={EXAMPLE} label="Copy" />
        </div>
      </section>
    </div>
  )
}
