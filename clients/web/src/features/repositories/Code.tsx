'use client'

import { asProblem, repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { FileCode2 } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { replaceHash, useHash } from '@/session'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { Link } from '@/ui/link'
import { PaneHead, Panes } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { useTitle } from '@/ui/title'
import { CodeHead, Revision } from './CodeHead'
import { FileView } from './FileView'
import { codeLink, fitLines, formatLines, type LineRange, parseLines } from './links'
import { Since } from './Since'
import { Symbols } from './Symbols'
import { Tree } from './Tree'
import { type Place, type Standing, useStanding } from './useStanding'

function Shown({ place, standing }: { place: Place; standing: Standing }) {
  const range = parseLines(useHash())
  const select = (lines: LineRange) => replaceHash(formatLines(lines))
  const { file, error, isFolder, retry } = standing
  if (error) return <ProblemPanel className="m-4" error={error} retry={retry} />
  if (isFolder) {
    return (
      <Empty icon={<FileCode2 size={20} aria-hidden />} title="Choose a file">
        {place.path ? `${place.path} is a folder; its files stand in the tree. ` : ''}
        Select lines in a file to get a link that opens them for a colleague.
      </Empty>
    )
  }
  return file ? (
    <div className="flex h-full min-h-0 flex-col">
      <Since {...place} range={range} />
      <div className="min-h-0 grow">
        <FileView
          repo={place.repository.id}
          at={place.at}
          file={file}
          range={range}
          onSelect={select}
        />
      </div>
    </div>
  ) : (
    <SkeletonRows rows={14} />
  )
}

function Opened(place: Place) {
  const { repository, at, path } = place
  const router = useRouter()
  const [wanted, setSymbols] = useState(false)
  const standing = useStanding(place)
  const { commit, file, isFolder, lost, error } = standing
  const range = fitLines(parseLines(useHash()), file?.text)
  const symbols = wanted && !isFolder && !error
  const toTree = () => router.push(codeLink({ repo: repository.id, at }))
  useTitle([path.split('/').pop(), repository.name])

  return (
    <Panes
      title={`Code of ${repository.name}`}
      focus={symbols ? 'side' : isFolder && !error ? 'list' : 'main'}
      listLabel="Files"
      list={
        <>
          <PaneHead title={repository.name} back={() => router.push('/repositories/')} />
          <div className="p-3">
            <Revision repository={repository} at={at} path={path} />
          </div>
          <div className="min-h-0 grow overflow-y-auto">
            {lost ? null : <Tree repo={repository.id} at={at} current={path} />}
          </div>
        </>
      }
      main={
        <>
          <PaneHead
            back={toTree}
            title={
              <div className="flex items-center gap-2">
                <CodeHead
                  repository={repository}
                  at={at}
                  path={path}
                  commit={commit}
                  size={file?.size ?? null}
                  range={range}
                  isFile={!isFolder && !error}
                  symbols={symbols}
                  onSymbols={() => setSymbols(!symbols)}
                />
              </div>
            }
          />
          <div className="min-h-0 grow">
            <Shown place={place} standing={standing} />
          </div>
        </>
      }
      sideLabel="Symbols"
      onCloseSide={() => setSymbols(false)}
      side={
        symbols ? (
          <Symbols
            repo={repository.id}
            at={commit}
            path={path}
            range={range}
            onPick={(lines) => replaceHash(formatLines(lines))}
            onClose={() => setSymbols(false)}
          />
        ) : undefined
      }
    />
  )
}

/** Why a repository can never open here; null where trying again may help. */
function whyMissing(error: Error | null): string | null {
  const status = error ? asProblem(error).status : 0
  if (status === 404) return 'This repository was deleted or you may not see it'
  return status === 422 ? 'There is no such repository' : null
}

/** What stands there while no repository does. */
function Alone({ children }: { children: ReactNode }) {
  return (
    <main className="h-full overflow-y-auto">
      <h1 className="sr-only">Code</h1>
      {children}
    </main>
  )
}

/** Code at a commit: `/code/?repo=&at=&path=#L10-L20`. */
export function Code() {
  const params = useSearchParams()
  const repo = params.get('repo') ?? ''
  const repository = useQuery({ ...repositories.one(repo), enabled: repo !== '' })
  const all = (
    <Button size="sm" asChild>
      <Link href="/repositories/">All repositories</Link>
    </Button>
  )
  if (repo === '') {
    return (
      <Alone>
        <Empty title="Choose a repository" act={all}>
          An address of code names its repository.
        </Empty>
      </Alone>
    )
  }
  const missing = whyMissing(repository.error)
  if (missing) {
    return (
      <Alone>
        <Empty title={missing} act={all}>
          The address may be mistyped, or it comes from someone who sees more than you do.
        </Empty>
      </Alone>
    )
  }
  if (repository.error) {
    return (
      <Alone>
        <ProblemPanel
          className="m-6"
          error={repository.error}
          retry={() => void repository.refetch()}
          act={all}
        />
      </Alone>
    )
  }
  if (!repository.data) {
    return (
      <Alone>
        <SkeletonRows rows={8} />
      </Alone>
    )
  }
  const path = (params.get('path') ?? '').replace(/^\/+|\/+$/g, '')
  return <Opened repository={repository.data} at={params.get('at')} path={path} />
}
