'use client'

import { atLeast, type CodeIndex, models, type Repository } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleDashed, Loader, SearchIcon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { NewQuestion, useConversations } from '@/features/chat'
import {
  apartBy,
  codeLink,
  FirstRepository,
  useRepositories,
  workOf,
} from '@/features/repositories'
import { ViewerNote } from '@/features/workspaces'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { SkeletonRows } from '@/ui/empty'
import { Input } from '@/ui/field'
import { ago, count, many } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'

const RECENT = 6

function Recent() {
  const { query, all } = useConversations()
  const mayAsk = atLeast(useSession().workspace.role, 'member')
  if (query.isPending) return <SkeletonRows rows={4} />
  if (query.error) {
    return <ProblemPanel error={query.error} retry={() => void query.refetch()} />
  }
  if (all.length === 0) {
    return (
      <p className="text-sm text-quiet">
        {mayAsk
          ? 'Your questions and their answers will stand here.'
          : 'What others share with you will stand here.'}
      </p>
    )
  }
  return (
    <ul className="-mx-2">
      {all.slice(0, RECENT).map((one) => (
        <li key={one.id}>
          <Link
            data-row
            href={`/conversations/?id=${one.id}`}
            className="flex h-8 items-center gap-3 rounded-sm px-2 text-sm hover:bg-wash-strong"
          >
            <span className="grow truncate">{one.title || 'New conversation'}</span>
            <span className="shrink-0 text-xs text-quiet">{ago(one.updated_at)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

interface StateProps {
  repository: Repository
  index: CodeIndex | undefined
}

interface RepositoryStateProps extends StateProps {
  /** What tells it from others of its name. */
  apart: string | null
}

/** One repository's state in a few words, with a sign of its own. */
function describe({ repository, index }: StateProps) {
  const work = workOf(repository, index, undefined)
  if (repository.status === 'failed' || index?.state === 'failed') {
    return { Sign: CircleAlert, tone: 'text-bad', words: 'failed' }
  }
  if (work) {
    const part = work.total > 0 ? ` ${count(work.done)} of ${count(work.total)}` : ''
    return { Sign: Loader, tone: 'text-info', words: work.stage + part }
  }
  if (index?.state === 'ready') {
    return { Sign: CircleCheck, tone: 'text-good', words: many(index.chunks, 'passage') }
  }
  return { Sign: CircleDashed, tone: 'text-quiet', words: 'not indexed yet' }
}

function RepositoryState({ apart, ...props }: RepositoryStateProps) {
  const { Sign, tone, words } = describe(props)
  return (
    <li>
      <Link
        data-row
        href={
          props.repository.status === 'failed'
            ? '/repositories/'
            : codeLink({ repo: props.repository.id })
        }
        className="-mx-2 flex h-8 items-center gap-2 rounded-sm px-2 text-sm hover:bg-wash-strong"
      >
        <Sign size={16} aria-hidden className={`shrink-0 ${tone}`} />
        <span className="grow truncate">
          {props.repository.name}{' '}
          {apart ? <span className="text-xs text-quiet">{apart}</span> : null}
        </span>
        <span className="shrink-0 text-xs text-quiet nums">{words}</span>
      </Link>
    </li>
  )
}

function ModelNote() {
  const list = useQuery(models.list())
  const writes = list.data?.some((model) => model.connected && model.id !== 'extractive')
  if (!list.data || writes) return null
  return (
    <p className="text-sm text-quiet">
      No model is connected: answers are the best passages of your code.{' '}
      <Link href="/models/" className="text-accent underline underline-offset-2">
        Connect a model
      </Link>
    </p>
  )
}

/** Where somebody who may ask begins. */
function Asking() {
  return (
    <>
      <h1 className="text-lg font-semibold">What do you want to know about your code?</h1>
      <div className="-mt-4 flex flex-col gap-3">
        <NewQuestion autoFocus />
        <ModelNote />
      </div>
    </>
  )
}

/** Where somebody who may only read begins. */
function Reading() {
  const router = useRouter()
  const [words, setWords] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    router.push(`/search/?${new URLSearchParams({ q: words.trim() })}`)
  }
  return (
    <>
      <h1 className="text-lg font-semibold">Search and read the code</h1>
      <form role="search" onSubmit={submit} className="-mt-4 flex gap-2">
        <Input
          type="search"
          aria-label="Search code"
          placeholder="A name, a phrase, a question…"
          className="h-10 text-md"
          autoFocus
          required
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Button type="submit" size="lg">
          <SearchIcon size={16} aria-hidden />
          Search
        </Button>
      </form>
      <div className="-mt-4">
        <ViewerNote />
      </div>
    </>
  )
}

/** Where a day begins: the question, what was asked, what there is to ask about. */
export function Home() {
  const { workspace } = useSession()
  const { list, indexOf } = useRepositories()
  const repositories = list.data ?? []
  const empty = list.data?.length === 0

  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[760px] flex-col gap-8 px-4 py-8 sm:px-8 sm:pt-[12dvh]">
        {list.error ? <ProblemPanel error={list.error} retry={() => void list.refetch()} /> : null}
        {empty ? (
          <>
            <h1 className="sr-only">Home</h1>
            <FirstRepository />
          </>
        ) : atLeast(workspace.role, 'member') ? (
          <Asking />
        ) : (
          <Reading />
        )}
        {empty ? null : (
          <div className="grid gap-8 *:min-w-0 sm:grid-cols-2">
            <section aria-labelledby="recent">
              <h2 id="recent" className="mb-2 text-sm font-semibold">
                Recent conversations
              </h2>
              <Recent />
            </section>
            <section aria-labelledby="code">
              <h2 id="code" className="mb-2 text-sm font-semibold">
                Repositories
              </h2>
              {list.isPending ? <SkeletonRows rows={4} /> : null}
              <ul>
                {repositories.map((repository) => (
                  <RepositoryState
                    key={repository.id}
                    repository={repository}
                    index={indexOf(repository.id)}
                    apart={apartBy(repository, repositories)}
                  />
                ))}
              </ul>
            </section>
          </div>
        )}
      </div>
    </main>
  )
}
