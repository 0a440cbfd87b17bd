'use client'

import { type CodeIndex, knowledge, type Problem, repositories, type Repository } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Camera,
  Ellipsis,
  Folder,
  FolderGit2,
  GitBranch,
  Lock,
  RefreshCw,
  Settings2,
  Sparkles,
  Trash2,
} from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { ConfirmByName } from '@/ui/dialog'
import { ago, bytes, count, many, moment, short } from '@/ui/format'
import { Link } from '@/ui/link'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'
import { Progress } from '@/ui/progress'
import { toast } from '@/ui/toast'
import { ChangeDialog } from './ChangeDialog'
import { codeLink } from './links'
import { secondsLeft, useProgress, workOf } from './progress'
import { VectorsItem, VectorsNote } from './Vectors'

const STAGES: Record<string, { label: string; unit: string }> = {
  waiting: { label: 'Waiting for its turn', unit: '' },
  fetching: { label: 'Fetching', unit: 'objects' },
  indexing: { label: 'Indexing', unit: 'files' },
  embedding: { label: 'Search by words works; by meaning soon', unit: 'passages' },
}

function Work({ repository, index }: { repository: Repository; index: CodeIndex | undefined }) {
  const seen = useProgress((state) => state.seen[repository.id])
  const work = workOf(repository, index, seen)
  if (!work) return null
  const { label, unit } = STAGES[work.stage] ?? { label: work.stage, unit: '' }
  const told = work.stage === 'embedding' ? (index?.vectors?.left_s ?? null) : null
  const left = seen && seen.stage === work.stage ? (secondsLeft(seen) ?? told) : told
  return (
    <Progress
      className="mt-3"
      label={label}
      done={work.done}
      total={work.total}
      unit={unit}
      secondsLeft={left}
    />
  )
}

function Counts({ index }: { index: CodeIndex | undefined }) {
  if (!index || index.state !== 'ready') return null
  const indexed = index.files_total - index.skipped
  return (
    <p className="mt-2 flex flex-wrap gap-x-3 text-xs text-quiet nums">
      <span>{many(Math.max(0, indexed), 'file')}</span>
      <span>{many(index.chunks, 'passage')}</span>
      <span>{bytes(index.bytes)}</span>
      {index.windowed > 0 ? (
        <span
          className="cursor-help underline decoration-dotted underline-offset-2"
          title="Files that no parser understood: they are indexed by windows of lines and found like all others."
        >
          {count(index.windowed)} by lines
        </span>
      ) : null}
      {index.skipped > 0 ? (
        <span
          className="cursor-help underline decoration-dotted underline-offset-2"
          title="Binary files, and files larger than the setting allows: they are not searched."
        >
          {count(index.skipped)} skipped
        </span>
      ) : null}
      {index.note ? <span>{index.note}</span> : null}
    </p>
  )
}

function useActs(repository: Repository) {
  const queries = useQueryClient()
  const settled = () => {
    void queries.invalidateQueries({ queryKey: ['repositories'] })
    void queries.invalidateQueries({ queryKey: ['knowledge'] })
  }
  const onError = (error: Error) => toast(error.message)
  return {
    sync: useMutation({
      mutationFn: () => repositories.sync(repository.id),
      onSuccess: settled,
      onError,
    }),
    reindex: useMutation({
      mutationFn: () => knowledge.reindex(repository.id),
      onSuccess: settled,
      onError,
    }),
    remove: useMutation({
      mutationFn: () => repositories.remove(repository.id),
      onSuccess: () => {
        settled()
        toast(`${repository.name} is deleted, with its mirror and index`)
      },
    }),
  }
}

type Acts = ReturnType<typeof useActs>

interface RowMenuProps {
  repository: Repository
  index: CodeIndex | undefined
  acts: Acts
}

function RowMenu({ repository, index, acts }: RowMenuProps) {
  const [open, setOpen] = useState<'change' | 'delete' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More for ${repository.name}`} size="icon-sm">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<RefreshCw aria-hidden />} onSelect={() => acts.sync.mutate()}>
          Sync now
        </MenuItem>
        <MenuItem icon={<Sparkles aria-hidden />} onSelect={() => acts.reindex.mutate()}>
          Index again
        </MenuItem>
        <VectorsItem index={index} />
        <MenuItem icon={<Settings2 aria-hidden />} onSelect={() => setOpen('change')}>
          Rename or change…
        </MenuItem>
        <MenuLine />
        <MenuItem bad icon={<Trash2 aria-hidden />} onSelect={() => setOpen('delete')}>
          Delete…
        </MenuItem>
      </Menu>
      {open === 'change' ? <ChangeDialog repository={repository} onDone={close} /> : null}
      <ConfirmByName
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete ${repository.name}?`}
        about="Its mirror and index on this server go along. The source itself is not touched. Citations in conversations will no longer open."
        name={repository.name}
        act="Delete"
        busy={acts.remove.isPending}
        problem={acts.remove.error ? <ProblemPanel error={acts.remove.error} /> : null}
        onConfirm={() => acts.remove.mutate()}
      />
    </>
  )
}

function Facts({ repository }: { repository: Repository }) {
  const { kind, branch, default_branch, commit, synced_at, sync_minutes, dirty, dirty_wanted } =
    repository
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-xs text-quiet">
      {branch || default_branch ? (
        <Chip icon={<GitBranch aria-hidden />}>{branch ?? default_branch}</Chip>
      ) : kind === 'folder' ? (
        <Chip icon={<Camera aria-hidden />}>folder snapshot</Chip>
      ) : null}
      {commit ? <span className="font-mono">{short(commit)}</span> : null}
      {repository.has_credential ? <Chip icon={<Lock aria-hidden />}>private</Chip> : null}
      {dirty && !dirty_wanted ? (
        <Chip tone="warn">uncommitted changes are not part of it</Chip>
      ) : null}
      {dirty_wanted ? <Chip>with uncommitted changes</Chip> : null}
      {synced_at ? <span title={moment(synced_at)}>synced {ago(synced_at)}</span> : null}
      {sync_minutes ? <span>every {sync_minutes} min</span> : null}
    </p>
  )
}

interface RepositoryRowProps {
  repository: Repository
  index: CodeIndex | undefined
  mayChange: boolean
}

/** One repository: what it is, how fresh it is, what is going on. */
export function RepositoryRow({ repository, index, mayChange }: RepositoryRowProps) {
  const acts = useActs(repository)
  const failed = repository.status === 'failed'
  const problem = failed ? repository.problem : index?.state === 'failed' ? index.problem : null
  const again = failed ? acts.sync : acts.reindex
  const Sign = repository.kind === 'git' ? FolderGit2 : Folder
  return (
    <li className="border-b py-4 last:border-b-0" data-repository={repository.name}>
      <div className="flex items-start gap-3">
        <Sign size={20} aria-hidden className="mt-0.5 shrink-0 text-quiet" />
        <div className="min-w-0 grow">
          <h2 className="flex items-baseline gap-3">
            <Link
              data-row
              href={codeLink({ repo: repository.id })}
              className="shrink-0 rounded-sm font-medium hover:underline"
            >
              {repository.name}
            </Link>
            <span className="truncate font-mono text-xs text-quiet" title={repository.source}>
              {repository.source}
            </span>
          </h2>
          <Facts repository={repository} />
          <Counts index={index} />
          <Work repository={repository} index={index} />
          <VectorsNote index={index} />
          {repository.notes.map((note) => (
            <p key={note} className="mt-2 text-xs text-quiet">
              {note}
            </p>
          ))}
          {problem ? (
            <ProblemPanel
              className="mt-3"
              error={problem as unknown as Problem}
              retry={mayChange ? () => again.mutate() : undefined}
            />
          ) : null}
        </div>
        {mayChange ? <RowMenu repository={repository} index={index} acts={acts} /> : null}
      </div>
    </li>
  )
}
