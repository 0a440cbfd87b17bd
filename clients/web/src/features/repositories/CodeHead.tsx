'use client'

import { repositories, type Repository } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Camera, ListTree } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Fragment } from 'react'
import { IconButton } from '@/ui/button'
import { CopyButton } from '@/ui/copy'
import { ago, bytes, moment, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { Select } from '@/ui/select'
import { codeLink, type LineRange } from './links'

interface PlaceProps {
  repository: Repository
  at: string | null
  path: string
}

/** What a revision is called: a branch, the beginning of a commit, or when a folder was read. */
export function revisionName({ kind, commit, synced_at }: Repository, shown: string): string {
  if (kind === 'folder' && (shown === '' || shown === commit)) {
    return synced_at ? `Folder snapshot, ${ago(synced_at)}` : 'Folder snapshot'
  }
  if (!/^[0-9a-f]{40}$/.test(shown)) return shown || 'Default branch'
  return kind === 'folder' ? `Earlier snapshot ${short(shown)}` : short(shown)
}

/** Which branch or commit is shown, and the way to another. */
export function Revision({ repository, at, path }: PlaceProps) {
  const router = useRouter()
  const isFolder = repository.kind === 'folder'
  const branches = useQuery({ ...repositories.branches(repository.id), enabled: !isFolder })
  const latest = repository.branch ?? repository.default_branch ?? ''
  const shown = at === repository.commit && isFolder ? latest : (at ?? latest)
  const options = (branches.data ?? []).map(({ name, commit }) => ({
    value: name,
    label: name,
    hint: short(commit),
  }))
  for (const value of isFolder ? [latest, shown] : [shown]) {
    if (options.some((option) => option.value === value)) continue
    options.unshift({ value, label: revisionName(repository, value), hint: '' })
  }
  if (isFolder && options.length === 1) {
    return (
      <p
        className="flex h-8 items-center gap-2 text-sm text-quiet"
        title={repository.synced_at ? moment(repository.synced_at) : undefined}
      >
        <Camera size={16} aria-hidden className="shrink-0" />
        <span className="truncate">{revisionName(repository, shown)}</span>
      </p>
    )
  }
  return (
    <Select
      label="Branch or commit"
      className="w-full"
      value={shown}
      onChange={(chosen) =>
        router.push(codeLink({ repo: repository.id, at: chosen || null, path }))
      }
      options={options}
    />
  )
}

function Crumbs({ repository, at, path }: PlaceProps) {
  const parts = path === '' ? [] : path.split('/')
  return (
    <h2
      className="flex min-w-0 grow items-center gap-1.5 overflow-hidden font-mono text-xs whitespace-nowrap"
      title={path}
    >
      <Link
        href={codeLink({ repo: repository.id, at })}
        className="shrink-0 rounded-sm text-quiet hover:text-text"
      >
        {repository.name}
      </Link>
      {parts.map((part, depth) => (
        <Fragment key={parts.slice(0, depth + 1).join('/')}>
          <span className="text-quiet">/</span>
          {depth === parts.length - 1 ? (
            <span className="font-medium">{part}</span>
          ) : (
            <Link
              href={codeLink({
                repo: repository.id,
                at,
                path: parts.slice(0, depth + 1).join('/'),
              })}
              className="truncate rounded-sm text-quiet hover:text-text"
            >
              {part}
            </Link>
          )}
        </Fragment>
      ))}
    </h2>
  )
}

interface CodeHeadProps extends PlaceProps {
  commit: string | null
  size: number | null
  range: LineRange | null
  /** A file is shown, or will be in a moment. */
  isFile: boolean
  symbols: boolean
  onSymbols: () => void
}

/** Where one is in the code. */
export function CodeHead(props: CodeHeadProps) {
  const { repository, at, path, commit, size, range, isFile, symbols, onSymbols } = props
  const permanent = () =>
    location.origin + codeLink({ repo: repository.id, at: commit, path, lines: range })
  return (
    <>
      <Crumbs repository={repository} at={at} path={path} />
      {size !== null ? (
        <span className="hidden shrink-0 text-xs text-quiet nums sm:inline">{bytes(size)}</span>
      ) : null}
      {commit ? (
        <span className="hidden shrink-0 font-mono text-xs text-quiet sm:inline" title={commit}>
          {short(commit)}
        </span>
      ) : null}
      {isFile && commit ? (
        <>
          <CopyButton text={permanent} label="Copy link at this commit" />
          <IconButton label="Symbols" size="icon-sm" aria-pressed={symbols} onClick={onSymbols}>
            <ListTree size={16} aria-hidden />
          </IconButton>
        </>
      ) : null}
    </>
  )
}
