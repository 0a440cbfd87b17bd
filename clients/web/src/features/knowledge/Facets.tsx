'use client'

import { repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { choices } from '@/features/repositories'
import { useSession } from '@/session'
import { Input } from '@/ui/field'
import { Select } from '@/ui/select'

/** The languages that the index parses, as it names them. */
const LANGUAGES = [
  'bash',
  'c',
  'cpp',
  'csharp',
  'css',
  'go',
  'html',
  'java',
  'javascript',
  'json',
  'markdown',
  'php',
  'python',
  'ruby',
  'rust',
  'sql',
  'toml',
  'tsx',
  'typescript',
  'yaml',
]

export interface Narrowing {
  repositoryId: string
  path: string
  language: string
}

interface FacetsProps {
  value: Narrowing
  onChange: (part: Partial<Narrowing>) => void
}

/** Where to look: repository, path, language. */
export function Facets({ value, onChange }: FacetsProps) {
  const { workspace } = useSession()
  const repos = useQuery(repositories.list(workspace.id)).data ?? []
  const [path, setPath] = useState(value.path)
  const [known, setKnown] = useState(value.path)
  if (known !== value.path) {
    setKnown(value.path)
    setPath(value.path)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Select
        label="Repository"
        className="max-w-56"
        value={value.repositoryId}
        onChange={(repositoryId) => onChange({ repositoryId })}
        options={[{ value: '', label: 'All repositories' }, ...choices(repos)]}
      />
      <Select
        label="Language"
        value={value.language}
        onChange={(language) => onChange({ language })}
        options={[
          { value: '', label: 'Any language' },
          ...LANGUAGES.map((language) => ({ value: language, label: language })),
        ]}
      />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onChange({ path: path.trim() })
        }}
      >
        <Input
          aria-label="Path pattern"
          placeholder="Path, such as src/**/*.py"
          className="w-56 text-sm"
          value={path}
          onChange={(event) => setPath(event.target.value)}
          onBlur={() => onChange({ path: path.trim() })}
        />
      </form>
    </div>
  )
}
