import { FileCode2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { short } from '@/ui/format'

interface FileBoxProps {
  path: string
  repositoryName: string
  commit: string
  children: ReactNode
}

/** What was found in one file, under its name. */
export function FileBox({ path, repositoryName, commit, children }: FileBoxProps) {
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
    </section>
  )
}
