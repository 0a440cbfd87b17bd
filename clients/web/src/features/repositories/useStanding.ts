'use client'

import { type CodeFile, repositories, type Repository } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'

export interface Place {
  repository: Repository
  at: string | null
  path: string
}

export interface Standing {
  /** The commit that is shown; null while it is not known or does not exist. */
  commit: string | null
  file: CodeFile | undefined
  isFolder: boolean
  /** The branch or commit of the address is not there: nothing of it can be shown. */
  lost: boolean
  error: Error | null
  retry: () => void
}

function useEntry({ repository, at, path }: Place, enabled: boolean) {
  const file = useQuery({ ...repositories.file(repository.id, at, path), enabled })
  // A folder is no file: only where reading one failed is it worth a second question.
  const folder = useQuery({
    ...repositories.tree(repository.id, at, path),
    enabled: enabled && file.isLoadingError,
  })
  return {
    file: enabled ? file.data : undefined,
    isFolder: file.isLoadingError && folder.isSuccess,
    error: folder.isLoadingError ? file.error : null,
    retry: () => void file.refetch(),
  }
}

/** What stands at a place: a file, a folder, or nothing. */
export function useStanding(place: Place): Standing {
  const { repository, at, path } = place
  const root = useQuery(repositories.tree(repository.id, at, ''))
  const lost = root.isLoadingError
  const entry = useEntry(place, path !== '' && !lost)
  if (lost) {
    const retry = () => void root.refetch()
    return { commit: null, file: undefined, isFolder: false, lost, error: root.error, retry }
  }
  const commit = entry.file?.commit ?? root.data?.commit ?? null
  if (path === '') return { ...entry, commit, lost, isFolder: true, error: null }
  return { ...entry, commit, lost }
}
