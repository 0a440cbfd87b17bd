'use client'

import { atLeast, knowledge, repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { FolderPlus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { many } from '@/ui/format'
import { Page } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { AddDialog } from './AddDialog'
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
  return { list, indexOf: (id: string) => indexes.data?.find((one) => one.repository_id === id) }
}

/** All connected code. */
export function Repositories() {
  const router = useRouter()
  const adding = useSearchParams().has('add')
  const { workspace } = useSession()
  const { list, indexOf } = useRepositories()
  const mayChange = atLeast(workspace.role, 'admin')
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
      {list.data && all.length === 0 ? (
        <Empty
          icon={<FolderPlus size={20} aria-hidden />}
          title="Connect the first repository"
          act={mayChange ? addButton : null}
        >
          {mayChange
            ? 'Give a git URL or a folder; a minute later you can ask about it.'
            : 'An admin has to connect one before you can ask about it.'}
        </Empty>
      ) : null}
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
      {adding && mayChange ? <AddDialog onDone={() => router.replace('/repositories/')} /> : null}
    </Page>
  )
}
