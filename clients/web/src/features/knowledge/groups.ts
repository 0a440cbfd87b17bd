/** What a hit of any search says of its file. */
interface InFile {
  repository_id: string
  repository_name: string
  path: string
  commit: string
}

export interface FileHits<H> {
  key: string
  repositoryName: string
  path: string
  commit: string
  hits: H[]
}

/** Hits by file: files and the hits in them in the order in which they came. */
export function groupByFile<H extends InFile>(hits: readonly H[]): FileHits<H>[] {
  const files = new Map<string, FileHits<H>>()
  for (const hit of hits) {
    const key = `${hit.repository_id}:${hit.path}`
    const file = files.get(key) ?? {
      key,
      repositoryName: hit.repository_name,
      path: hit.path,
      commit: hit.commit,
      hits: [],
    }
    file.hits.push(hit)
    files.set(key, file)
  }
  return [...files.values()]
}
