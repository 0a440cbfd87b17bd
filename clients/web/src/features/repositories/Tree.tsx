'use client'

import { repositories, type TreeEntry } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight, File, FileSymlink, Folder, FolderGit2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { cn } from '@/ui/cn'
import { Skeleton } from '@/ui/empty'
import { Link } from '@/ui/link'
import { codeLink } from './links'

interface TreeProps {
  repo: string
  /** The commit or branch in the address; what links name. */
  at: string | null
  /** The file or folder that is open. */
  current: string
}

const SIGNS = { file: File, folder: Folder, link: FileSymlink, submodule: FolderGit2 }

const row = 'flex h-7 w-full items-center gap-1.5 rounded-sm pr-2 text-sm hover:bg-wash-strong'

function indent(depth: number) {
  return { paddingLeft: 8 + depth * 12 }
}

interface NodeProps extends TreeProps {
  entry: TreeEntry
  depth: number
}

function FolderNode({ entry, depth, ...tree }: NodeProps) {
  const here = tree.current === entry.path
  const holdsCurrent = here || tree.current.startsWith(`${entry.path}/`)
  const [open, setOpen] = useState(holdsCurrent)
  const [followed, setFollowed] = useState(tree.current)
  if (followed !== tree.current) {
    setFollowed(tree.current)
    if (holdsCurrent) setOpen(true)
  }
  return (
    <li>
      <button
        type="button"
        data-row
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        aria-current={here ? 'page' : undefined}
        className={cn(row, here && 'bg-wash-strong font-medium')}
        style={indent(depth)}
      >
        <ChevronRight
          size={16}
          aria-hidden
          className={cn('shrink-0 text-quiet transition-transform', open && 'rotate-90')}
        />
        <span className="truncate">{entry.name}</span>
      </button>
      {open ? <Level {...tree} path={entry.path} depth={depth + 1} /> : null}
    </li>
  )
}

function FileNode({ entry, depth, repo, at, current }: NodeProps) {
  const here = entry.path === current
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: 'nearest' })
  }, [here])
  const Sign = SIGNS[entry.kind]
  return (
    <li>
      <Link
        ref={link}
        data-row
        href={codeLink({ repo, at, path: entry.path })}
        aria-current={here ? 'page' : undefined}
        className={cn(row, here && 'bg-wash-strong font-medium')}
        style={indent(depth)}
      >
        <Sign size={16} aria-hidden className="shrink-0 text-quiet" />
        <span className="truncate">{entry.name}</span>
      </Link>
    </li>
  )
}

function Level({ path, depth, ...tree }: TreeProps & { path: string; depth: number }) {
  const level = useQuery(repositories.tree(tree.repo, tree.at, path))
  if (level.error) {
    return (
      <p className="py-1 text-xs text-bad" style={indent(depth)}>
        {level.error.message}
      </p>
    )
  }
  if (!level.data) {
    return (
      <div className="py-2" style={indent(depth)}>
        <Skeleton className="w-2/3" />
      </div>
    )
  }
  return (
    <ul>
      {level.data.entries.map((entry) =>
        entry.kind === 'folder' ? (
          <FolderNode key={entry.path} entry={entry} depth={depth} {...tree} />
        ) : (
          <FileNode key={entry.path} entry={entry} depth={depth} {...tree} />
        ),
      )}
    </ul>
  )
}

/** The files of a commit; a folder is fetched when it is opened. */
export function Tree(props: TreeProps) {
  return (
    <nav aria-label="Files" className="px-2 pb-6">
      <Level {...props} path="" depth={0} />
    </nav>
  )
}
