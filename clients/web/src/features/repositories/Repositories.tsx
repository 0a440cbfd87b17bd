'use client'

import { atLeast, knowledge, repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { FolderPlus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useWhomToAsk } from '@/features/workspaces'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { SkeletonRows } from '@/ui/empty'
import { many } from '@/ui/format'
import { Page } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { AddDialog } from './AddDialog'
import { FirstRepository } from './FirstRepository'
import { useProgressMessages } from './progress'
import { RepositoryRow } from './RepositoryRow'

// Live messages tell every step; this catches what a lost connection did not.
const ASK_AGAIN_MS = 5_000

/** What the workspace's repositories are doing, asked again while something is under way. */
export function useRepositories() {
  const { workspace } = useSession()
  useProgressMessages()
  const list = useQuery({
    ...repositories.list(workspace.id),
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'waiting' || status === 'fetching')
        ? ASK_AGAIN_MS
        : false,
  })
  const indexes = useQuery({
    ...knowledge.indexes(workspace.id),
    refetchInterval: ({ state }) =>
      state.data?.some((index) => index.state === 'waiting' || index.state === 'running')
        ? ASK_AGAIN_MS
        : false,
  })
  return {
    list,
    indexesKnown: indexes.isSuccess,
    indexOf: (id: string) => indexes.data?.find((one) => one.repository_id === id),
  }
}

/** Somebody followed a link to what only admins do. */
function NotYours({ onDone }: { onDone: () => void }) {
  const { workspace } = useSession()
  const whom = useWhomToAsk()
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title="Only admins add repositories"
      about={`You are a ${workspace.role} here. Ask ${whom} to add it, or for the role “admin”.`}
    >
      <div className="flex justify-end">
        <Button tone="accent" onClick={onDone}>
          Back to the repositories
        </Button>
      </div>
    </Dialog>
  )
}

/** All connected code. */
export function Repositories() {
  const router = useRouter()
  const adding = useSearchParams().has('add')
  const { workspace } = useSession()
  const { list, indexOf } = useRepositories()
  const mayChange = atLeast(workspace.role, 'admin')
  const done = () => router.replace('/repositories/')
  const begin = () => router.push('/repositories/?add=1')
  const all = list.data ?? []

  const addButton = (
    <Button tone="accent" onClick={begin}>
      <FolderPlus size={16} aria-hidden />
      Add a repository
    </Button>
  )
  return (
    <Page
      wide
      title="Repositories"
      about={all.length > 0 ? `${many(all.length, 'repository', 'repositories')} connected` : null}
      act={mayChange && all.length > 0 ? addButton : null}
    >
      {list.error ? <ProblemPanel error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <SkeletonRows rows={6} /> : null}
      {list.data && all.length === 0 ? <FirstRepository /> : null}
      <ul>
        {all.map((repository) => (
          <RepositoryRow
            key={repository.id}
            repository={repository}
            index={indexOf(repository.id)}
            mayChange={mayChange}
          />
        ))}
      </ul>
      {adding && mayChange ? <AddDialog onDone={done} /> : null}
      {adding && !mayChange ? <NotYours onDone={done} /> : null}
    </Page>
  )
}
