'use client'

import { knowledge } from '@samoey/api'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { SearchIcon, SearchX } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useEffectEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { Empty, SkeletonRows } from '@/ui/empty'
import { many } from '@/ui/format'
import { Kbd } from '@/ui/kbd'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { Facets, type Narrowing } from './Facets'
import { useNothingToSearch } from './NothingToSearch'
import { Results } from './Results'

const PAUSE_MS = 180
const MOST = 100

interface Asked extends Narrowing {
  q: string
}

function readAsked(params: URLSearchParams): Asked {
  return {
    q: params.get('q') ?? '',
    repositoryId: params.get('repo') ?? '',
    path: params.get('path') ?? '',
    language: params.get('lang') ?? '',
  }
}

function addressOf({ q, repositoryId, path, language }: Asked): string {
  const params = new URLSearchParams()
  const named = { q, repo: repositoryId, path, lang: language }
  for (const [name, value] of Object.entries(named)) if (value) params.set(name, value)
  return `/search/?${params}`
}

interface QueryBoxProps {
  value: string
  onChange: (q: string) => void
}

/** The words; the address follows shortly after one stops typing. */
function QueryBox({ value, onChange }: QueryBoxProps) {
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setTyped(value)
  }
  const settle = useEffectEvent(() => {
    if (typed.trim() !== value) onChange(typed.trim())
  })
  useEffect(() => {
    const timer = setTimeout(() => settle(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <form
      role="search"
      className="relative"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(typed.trim())
      }}
    >
      <SearchIcon
        size={16}
        aria-hidden
        className="pointer-events-none absolute top-3 left-3 text-quiet"
      />
      <input
        type="search"
        aria-label="Search code"
        placeholder="A name, a phrase, a question…"
        autoFocus
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          document.querySelector<HTMLElement>('[data-row]')?.focus()
        }}
        className="h-10 w-full rounded-sm border border-line-strong bg-surface pr-3 pl-9 text-md focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0"
      />
    </form>
  )
}

function NothingFound({ asked }: { asked: Asked }) {
  const narrowed = asked.repositoryId || asked.path || asked.language
  return (
    <Empty
      icon={<SearchX size={20} aria-hidden />}
      title="Nothing found"
      act={
        narrowed ? (
          <Button asChild>
            <Link href={addressOf({ q: asked.q, repositoryId: '', path: '', language: '' })}>
              Search everywhere
            </Link>
          </Button>
        ) : undefined
      }
    >
      {narrowed
        ? 'Nothing under this repository, path and language.'
        : 'Try fewer or other words; names may be written apart or together.'}
    </Empty>
  )
}

/** What a person should know when not all repositories were searched. */
function Partly({ note }: { note: string | null | undefined }) {
  return note ? <p className="text-sm text-quiet">{note}</p> : null
}

/** Search over all indexed code: `/search/?q=`. */
export function Search() {
  const router = useRouter()
  const asked = readAsked(useSearchParams())
  const { workspace } = useSession()
  const { q, repositoryId, path, language } = asked
  const search = useQuery({
    ...knowledge.search({
      q,
      workspaceId: workspace.id,
      repositoryId,
      path,
      language,
      limit: MOST,
    }),
    placeholderData: keepPreviousData,
  })
  const change = (part: Partial<Asked>) => {
    const next = addressOf({ ...asked, ...part })
    if (next !== addressOf(asked)) router.replace(next, { scroll: false })
  }
  const nothing = useNothingToSearch(repositoryId)
  const found = q && !nothing ? search.data : undefined

  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[960px] flex-col gap-4 px-4 py-6 sm:px-8">
        <h1 className="sr-only">Search</h1>
        <QueryBox value={q} onChange={(words) => change({ q: words })} />
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Facets value={asked} onChange={change} />
          <p role="status" className="text-xs text-quiet nums">
            {found
              ? `${many(found.hits.length, 'place')}${found.hits.length === MOST ? ' or more' : ''} in ${found.took_ms.toFixed(1)} ms`
              : null}
          </p>
        </div>
        {search.error ? (
          <ProblemPanel error={search.error} retry={() => void search.refetch()} />
        ) : null}
        {nothing}
        <Partly note={found?.note} />
        {q && !nothing && search.isPending ? <SkeletonRows rows={8} /> : null}
        {found ? (
          <div className={cn(search.isPlaceholderData && 'opacity-60')}>
            {found.hits.length > 0 ? (
              <Results hits={found.hits} query={found.query} />
            ) : (
              <NothingFound asked={asked} />
            )}
          </div>
        ) : null}
        {q || nothing ? null : (
          <p className="text-sm text-quiet">
            Searches names and text of every indexed commit.{' '}
            <span className="max-md:hidden">
              <Kbd keys="j" /> and <Kbd keys="k" /> move through the results, <Kbd keys="Enter" />{' '}
              opens one.
            </span>
          </p>
        )}
      </div>
    </main>
  )
}
