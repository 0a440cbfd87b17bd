'use client'

import { type Cited, type Followed, repositories, type Repository } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { fileName, lines, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { codeLink, type LineRange } from './links'

interface SinceProps {
  /** None while it is looked up. */
  repository: Repository | undefined
  at: string | null
  path: string
  range: LineRange | null
}

const SAID: Record<Followed['state'], string> = {
  same: 'These lines stand unchanged in the newest commit:',
  moved: 'These lines have moved since:',
  changed: 'These lines have changed since:',
  gone: 'These lines are no longer in the newest commit,',
}

/** Where the lines of an older commit stand today, with the way there. */
export function Since({ repository, at, path, range }: SinceProps) {
  const older = at !== null && /^[0-9a-f]{40}$/.test(at) && at !== repository?.commit
  return repository && older && range ? (
    <Found repository={repository} cited={{ at, path, ...range }} />
  ) : null
}

function Found({ repository, cited }: { repository: Repository; cited: Cited }) {
  const found = useQuery(repositories.follow(repository.id, cited)).data
  if (!found) return null
  const { state, commit, path, start, end } = found
  return (
    <p
      role="status"
      className="flex shrink-0 items-center gap-2 border-b px-4 py-2 text-xs text-quiet nums"
    >
      <History size={16} aria-hidden className="shrink-0" />
      <span className="min-w-0">
        {SAID[state]}{' '}
        {path != null && start != null && end != null ? (
          <Link
            href={codeLink({ repo: repository.id, at: commit, path, lines: { start, end } })}
            className="font-mono text-accent underline underline-offset-2"
            title={path}
          >
            {path === cited.path ? '' : `${fileName(path)}:`}
            {lines(start, end)} at {short(commit)}
          </Link>
        ) : (
          <span className="font-mono">{short(commit)}.</span>
        )}
      </span>
    </p>
  )
}
