import { FileCode2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/ui/button'
import { short } from '@/ui/format'

interface FileBoxProps {
  path: string
  repositoryName: string
  commit: string
  /** What is not shown yet, in words; null when all is. */
  more: string | null
  onMore: () => void
  children: ReactNode
}

/** What was found in one file, under its name. */
export function FileBox({ path, repositoryName, commit, more, onMore, children }: FileBoxProps) {
  return (
    <section
      aria-label={`${path}, ${repositoryName} at ${short(commit)}`}
      className="overflow-hidden rounded-md border bg-surface"
    >
      <h2 className="flex h-9 items-center gap-2 border-b bg-wash px-4 text-xs">
        <FileCode2 size={16} aria-hidden className="shrink-0 text-quiet" />
        <span className="truncate font-mono font-medium">{path}</span>
        <span className="ml-auto shrink-0 text-quiet">
          {repositoryName}
          <span className="hidden sm:inline"> @ {short(commit)}</span>
        </span>
      </h2>
      {children}
      {more ? (
        <Button tone="quiet" size="sm" className="w-full rounded-none border-t" onClick={onMore}>
          Show {more} in this file
        </Button>
      ) : null}
    </section>
  )
}
