'use client'

import { asProblem, type Repository, repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { FileCode2 } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { replaceHash, useHash } from '@/session'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { Link } from '@/ui/link'
import { PaneHead, Panes } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { CodeHead, Revision } from './CodeHead'
import { FileView } from './FileView'
import { codeLink, formatLines, type LineRange, parseLines } from './links'
import { Symbols } from './Symbols'
import { Tree } from './Tree'

interface OpenProps {
  repository: Repository
  at: string | null
  path: string
}

function OpenFile({ repository, at, path }: OpenProps) {
  const file = useQuery(repositories.file(repository.id, at, path))
  const range = parseLines(useHash())
  const select = (lines: LineRange) => replaceHash(formatLines(lines))
  if (file.data) return <FileView file={file.data} range={range} onSelect={select} />
  if (file.error) {
    return <ProblemPanel className="m-4" error={file.error} retry={() => void file.refetch()} />
  }
  return <SkeletonRows rows={14} />
}

function Standing({ repository, at, path }: OpenProps) {
  const router = useRouter()
  const [symbols, setSymbols] = useState(false)
  const range = parseLines(useHash())
  const file = useQuery({
    ...repositories.file(repository.id, at, path),
    enabled: path !== '',
  })
  const commit = file.data?.commit ?? repository.commit
  const toTree = () => router.push(codeLink({ repo: repository.id, at }))

  return (
    <Panes
      title={`Code of ${repository.name}`}
      focus={symbols ? 'side' : path ? 'main' : 'list'}
      listLabel="Files"
      list={
        <>
          <PaneHead title={repository.name} back={() => router.push('/repositories/')} />
          <div className="p-3">
            <Revision repository={repository} at={at} path={path} />
          </div>
          <div className="min-h-0 grow overflow-y-auto">
            <Tree repo={repository.id} at={at} current={path} />
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
                  size={file.data?.size ?? null}
                  range={range}
                  symbols={symbols}
                  onSymbols={() => setSymbols(!symbols)}
                />
              </div>
            }
          />
          <div className="min-h-0 grow">
            {path ? (
              <OpenFile repository={repository} at={at} path={path} />
            ) : (
              <Empty icon={<FileCode2 size={20} aria-hidden />} title="Choose a file">
                Select lines in it to get a link that opens them for a colleague.
              </Empty>
            )}
          </div>
        </>
      }
      sideLabel="Symbols"
      side={
        symbols && path ? (
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
      <Empty title="Choose a repository" act={all}>
        An address of code names its repository.
      </Empty>
    )
  }
  const missing = whyMissing(repository.error)
  if (missing) {
    return (
      <Empty title={missing} act={all}>
        The address may be mistyped, or it comes from someone who sees more than you do.
      </Empty>
    )
  }
  if (repository.error) {
    return (
      <ProblemPanel
        className="m-6"
        error={repository.error}
        retry={() => void repository.refetch()}
        act={all}
      />
    )
  }
  if (!repository.data) return <SkeletonRows rows={8} />
  const path = params.get('path') ?? ''
  return <Standing repository={repository.data} at={params.get('at')} path={path} />
}
