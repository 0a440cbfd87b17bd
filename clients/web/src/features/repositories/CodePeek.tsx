'use client'

import { repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { SquareArrowOutUpRight } from 'lucide-react'
import { IconButton } from '@/ui/button'
import { CopyButton } from '@/ui/copy'
import { SkeletonRows } from '@/ui/empty'
import { fileName, lines, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { SideHead } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { FileView } from './FileView'
import { codeLink, type Place } from './links'
import { Since } from './Since'

interface CodePeekProps {
  place: Required<Place>
  onClose: () => void
}

/** Code beside what cites it, at its commit, the lines marked. */
export function CodePeek({ place, onClose }: CodePeekProps) {
  const { repo, at, path = '', lines: range } = place
  const repository = useQuery(repositories.one(repo))
  const file = useQuery(repositories.file(repo, at ?? null, path))
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  return (
    <>
      <SideHead
        onClose={onClose}
        title={
          <h2 className="font-normal">
            <span className="block truncate font-mono text-xs" title={path}>
              {fileName(path)}
              {range ? <span className="text-quiet">:{lines(range.start, range.end)}</span> : null}
            </span>
            <span className="block truncate text-xs text-quiet" title={path}>
              {repository.data?.name} {at ? `at ${short(at)}` : null}
              {folder ? ` · ${folder}` : null}
            </span>
          </h2>
        }
      >
        <CopyButton
          text={() => location.origin + codeLink(place)}
          label="Copy link to these lines"
        />
        <IconButton label="Open in the code view" size="icon-sm" asChild>
          <Link href={codeLink(place)}>
            <SquareArrowOutUpRight size={16} aria-hidden />
          </Link>
        </IconButton>
      </SideHead>
      <Since repository={repository.data} at={at ?? null} path={path} range={range ?? null} />
      <div className="min-h-0 grow">
        {file.data ? (
          <FileView repo={repo} at={at ?? null} file={file.data} range={range ?? null} />
        ) : null}
        {file.error ? (
          <ProblemPanel className="m-4" error={file.error} retry={() => void file.refetch()} />
        ) : null}
        {file.isPending ? <SkeletonRows rows={12} /> : null}
      </div>
    </>
  )
}
