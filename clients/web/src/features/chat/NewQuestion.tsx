'use client'

import { repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { choices } from '@/features/repositories'
import { useSession } from '@/session'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { useAskAnew } from './ask'
import { AskBox } from './AskBox'
import { NEW } from './drafts'

/** The box that begins a conversation, and where the answer is looked for. */
export function NewQuestion({ autoFocus }: { autoFocus?: boolean }) {
  const { workspace } = useSession()
  const repos = useQuery(repositories.list(workspace.id)).data ?? []
  const [repo, setRepo] = useState('')
  const ask = useAskAnew()
  const options = [{ value: '', label: 'All repositories' }, ...choices(repos)]
  return (
    <div className="flex flex-col gap-3">
      <AskBox
        big
        draft={NEW}
        autoFocus={autoFocus}
        placeholder="How does…? Where is…? Why does…?"
        busy={ask.isPending}
        onAsk={(text, model) => ask.mutate({ text, model, repositoryIds: repo ? [repo] : [] })}
        beside={
          <Select
            label="Where to look"
            className="max-w-48 min-w-0 border-transparent"
            value={repo}
            onChange={setRepo}
            options={options}
          />
        }
      />
      {ask.error ? <ProblemPanel error={ask.error} /> : null}
    </div>
  )
}
