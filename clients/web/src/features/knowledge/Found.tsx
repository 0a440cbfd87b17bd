'use client'

import { asProblem, type ExactFound, type ExactHit, knowledge, type Totals } from '@samoey/api'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/ui/button'
import { cn } from '@/ui/cn'
import { Empty, SkeletonRows } from '@/ui/empty'
import { many } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { type Asked, addressOf, everywhere } from './asked'
import { ExactResults } from './ExactResults'
import { Results } from './Results'
import { Why } from './Why'

const MOST = 100

/** An answer to a search: how much there is, in words, and what to show of it. */
export interface Found {
  counted: string | null
  /** Why the pattern cannot be searched for; belongs to the field. */
  refused: string | null
  shown: ReactNode
}

function NothingFound({ asked }: { asked: Asked }) {
  const narrowed = asked.repositoryId || asked.path || asked.language
  const otherwise =
    asked.way === 'words'
      ? 'Try fewer or other words; names may be written apart or together.'
      : 'Nothing stands so in the code, to the letter. Searching by words finds what is near it.'
  return (
    <Empty
      icon={<SearchX size={20} aria-hidden />}
      title="Nothing found"
      act={
        narrowed ? (
          <Button asChild>
            <Link href={addressOf(everywhere(asked))}>Search everywhere</Link>
          </Button>
        ) : asked.way === 'words' ? undefined : (
          <Button asChild>
            <Link href={addressOf({ ...asked, way: 'words' })}>Search by words</Link>
          </Button>
        )
      }
    >
      {narrowed ? 'Nothing under this repository, path and language.' : otherwise}
    </Empty>
  )
}

interface AnswerProps {
  asked: Asked
  error: Error | null
  retry: () => void
  /** What a person should know when not all repositories were searched. */
  note: string | null | undefined
  pending: boolean
  /** What is shown answers the question before this one. */
  stale: boolean
  empty: boolean
  children: ReactNode
}

function Answer({ asked, error, retry, note, pending, stale, empty, children }: AnswerProps) {
  if (error) return <ProblemPanel error={error} retry={retry} />
  if (pending) return <SkeletonRows rows={8} />
  return (
    <>
      {note ? <p className="text-sm text-quiet">{note}</p> : null}
      <div className={cn('flex flex-col gap-4', stale && 'opacity-60')}>
        {empty ? <NothingFound asked={asked} /> : children}
      </div>
    </>
  )
}

/** Search by words and meaning, the best first. */
export function useFoundByWords(asked: Asked, workspaceId: string, wanted: boolean): Found {
  const { q, repositoryId, path, language } = asked
  const search = useQuery({
    ...knowledge.search({ q, workspaceId, repositoryId, path, language, limit: MOST }),
    enabled: wanted,
    placeholderData: keepPreviousData,
  })
  if (!wanted) return { counted: null, refused: null, shown: null }
  const found = search.data
  const places = found?.hits.length ?? 0
  return {
    counted: found
      ? `${many(places, 'place')}${places === MOST ? ' or more' : ''} in ${found.took_ms.toFixed(1)} ms`
      : null,
    refused: null,
    shown: (
      <Answer
        asked={asked}
        error={search.error}
        retry={() => void search.refetch()}
        note={found?.note}
        pending={search.isPending}
        stale={search.isPlaceholderData}
        empty={places === 0}
      >
        {found ? (
          <Results
            hits={found.hits}
            query={found.query}
            why={(hit) => <Why asked={asked} workspaceId={workspaceId} hit={hit} />}
          />
        ) : null}
      </Answer>
    ),
  }
}

/** How many lines there are, as far as they were counted. */
export function countedLines({ hits, files, exact }: Totals, tookMs: number): string {
  const atLeast = exact ? '' : 'at least '
  return `${atLeast}${many(hits, 'line')} in ${many(files, 'file')}, ${tookMs.toFixed(1)} ms`
}

/** What a person should know of an answer that is not all of it. */
function noteOf(pages: readonly Pick<ExactFound, 'note' | 'out_of_time'>[]): string | null {
  return pages.at(-1)?.out_of_time
    ? 'The time for one search ended before all was read; “Show more” goes on.'
    : (pages[0]?.note ?? null)
}

/** Search to the letter, by a text or a pattern, in the order of repositories and paths. */
export function useFoundExactly(asked: Asked, workspaceId: string, wanted: boolean): Found {
  const { q, way, matchCase, word, repositoryId, path, language } = asked
  const narrowing = { repositoryId, path, language, limit: MOST }
  const search = useInfiniteQuery({
    ...knowledge.exact({ q, workspaceId, regex: way === 'regex', matchCase, word, ...narrowing }),
    enabled: wanted,
    placeholderData: keepPreviousData,
  })
  if (!wanted) return { counted: null, refused: null, shown: null }
  const first = search.data?.pages[0]
  const hits: ExactHit[] = search.data?.pages.flatMap((page) => page.hits) ?? []
  const problem = search.error ? asProblem(search.error) : null
  if (problem && /\/search-pattern-/.test(problem.type)) {
    return { counted: null, refused: problem.detail ?? problem.title, shown: null }
  }
  return {
    counted: first ? countedLines(first.totals, first.took_ms) : null,
    refused: null,
    shown: (
      <Answer
        asked={asked}
        error={search.error}
        retry={() => void search.refetch()}
        note={noteOf(search.data?.pages ?? [])}
        pending={search.isPending}
        stale={search.isPlaceholderData}
        empty={hits.length === 0 && !search.hasNextPage}
      >
        <ExactResults hits={hits} />
        {search.hasNextPage ? (
          <Button
            className="self-center"
            busy={search.isFetchingNextPage}
            onClick={() => void search.fetchNextPage()}
          >
            Show more
          </Button>
        ) : null}
      </Answer>
    ),
  }
}
