'use client'

import { repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, SquareArrowOutUpRight, X } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { IconButton } from '@/ui/button'
import { CopyButton } from '@/ui/copy'
import { SkeletonRows } from '@/ui/empty'
import { lines, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { FileView } from './FileView'
import { codeLink, type Place } from './links'

interface CodePeekProps {
  place: Required<Place>
  onClose: () => void
}

function useEscape(act: () => void): void {
  const escaped = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) act()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => escaped(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
}

/** Code beside what cites it, at its commit, the lines marked. */
export function CodePeek({ place, onClose }: CodePeekProps) {
  const { repo, at, path = '', lines: range } = place
  const repository = useQuery(repositories.one(repo))
  const file = useQuery(repositories.file(repo, at ?? null, path))
  useEscape(onClose)
  return (
    <>
      <header className="flex h-12 shrink-0 items-center gap-1 border-b pr-2 pl-4">
        <IconButton label="Back" size="icon-sm" className="-ml-2 md:hidden" onClick={onClose}>
          <ArrowLeft size={16} aria-hidden />
        </IconButton>
        <h2 className="min-w-0 grow">
          <span className="block truncate font-mono text-xs" title={path}>
            {path}
            {range ? <span className="text-quiet">:{lines(range.start, range.end)}</span> : null}
          </span>
          <span className="block truncate text-xs text-quiet">
            {repository.data?.name} {at ? `at ${short(at)}` : null}
          </span>
        </h2>
        <CopyButton
          text={() => location.origin + codeLink(place)}
          label="Copy link to these lines"
        />
        <IconButton label="Open in the code view" size="icon-sm" asChild>
          <Link href={codeLink(place)}>
            <SquareArrowOutUpRight size={16} aria-hidden />
          </Link>
        </IconButton>
        <IconButton
          label="Close"
          keys="Esc"
          size="icon-sm"
          className="hidden md:inline-flex"
          onClick={onClose}
        >
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="min-h-0 grow">
        {file.data ? <FileView file={file.data} range={range ?? null} /> : null}
        {file.error ? (
          <ProblemPanel className="m-4" error={file.error} retry={() => void file.refetch()} />
        ) : null}
        {file.isPending ? <SkeletonRows rows={12} /> : null}
      </div>
    </>
  )
}
