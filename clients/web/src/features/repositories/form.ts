import type { NewRepository, Repository, RepositoryChange } from '@samoey/api'

/** What stands in the fields of a repository's dialogs. */
export interface SourceForm {
  source: string
  name: string
  branch: string
  include: string
  exclude: string
  syncMinutes: string
  dirty: boolean
  access: 'none' | 'token' | 'ssh_key'
  secret: string
  username: string
  hostKey: string
}

export const EMPTY: SourceForm = {
  source: '',
  name: '',
  branch: '',
  include: '',
  exclude: '',
  syncMinutes: '30',
  dirty: false,
  access: 'none',
  secret: '',
  username: '',
  hostKey: '',
}

/** One pattern a line; empty lines are none. */
export function patterns(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

function credential({ access, secret, username, hostKey }: SourceForm) {
  if (access === 'none') return undefined
  return {
    kind: access,
    secret: access === 'ssh_key' ? `${secret.trim()}\n` : secret.trim(),
    username: username.trim() || undefined,
    host_key: hostKey.trim() || undefined,
  }
}

function scope(form: SourceForm) {
  return {
    branch: form.branch.trim() || null,
    include: patterns(form.include),
    exclude: patterns(form.exclude),
    sync_minutes: form.syncMinutes ? Number(form.syncMinutes) : null,
    dirty: form.dirty,
  }
}

/** Only what was entered is sent: of a folder that is connected already the rest stays. */
export function toNew(form: SourceForm, workspaceId: string): NewRepository {
  const { include, exclude, dirty, ...rest } = scope(form)
  return {
    workspace_id: workspaceId,
    source: form.source.trim(),
    name: form.name.trim() || undefined,
    credential: credential(form),
    ...rest,
    ...(include.length ? { include } : {}),
    ...(exclude.length ? { exclude } : {}),
    ...(dirty ? { dirty } : {}),
  }
}

export function fromRepository(repository: Repository): SourceForm {
  return {
    ...EMPTY,
    source: repository.source,
    name: repository.name,
    branch: repository.branch ?? '',
    include: repository.include.join('\n'),
    exclude: repository.exclude.join('\n'),
    syncMinutes: repository.sync_minutes ? String(repository.sync_minutes) : '',
    dirty: repository.dirty_wanted,
  }
}

/** Only what was changed is sent: what is left out stays. */
export function toChange(form: SourceForm, repository: Repository): RepositoryChange {
  const before = scope(fromRepository(repository))
  const entries = Object.entries(scope(form)).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
  )
  const change: RepositoryChange = Object.fromEntries(entries)
  const name = form.name.trim()
  if (name && name !== repository.name) change.name = name
  const opened = credential(form)
  if (opened) change.credential = opened
  return change
}
