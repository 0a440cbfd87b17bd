import type { Hit } from '@samoey/api'

export interface FileHits {
  key: string
  repositoryId: string
  repositoryName: string
  path: string
  commit: string
  language: string | null
  hits: Hit[]
}

/** Hits by file: files and the hits in them in the order in which they fit. */
export function groupByFile(hits: Hit[]): FileHits[] {
  const files = new Map<string, FileHits>()
  for (const hit of hits) {
    const key = `${hit.repository_id}:${hit.path}`
    const file = files.get(key) ?? {
      key,
      repositoryId: hit.repository_id,
      repositoryName: hit.repository_name,
      path: hit.path,
      commit: hit.commit,
      language: hit.language,
      hits: [],
    }
    file.hits.push(hit)
    files.set(key, file)
  }
  return [...files.values()]
}
