import type { Repository } from '@samoey/api'

function branchOf({ branch, default_branch }: Repository): string | null {
  return branch ?? default_branch
}

/** What tells a repository from others of its name: its branch, else its source. */
export function apartBy(one: Repository, all: Repository[]): string | null {
  const twins = all.filter(({ id, name }) => id !== one.id && name === one.name)
  if (twins.length === 0) return null
  const branch = branchOf(one)
  return branch && twins.every((twin) => branchOf(twin) !== branch) ? branch : one.source
}

/** Repositories to choose from; those of one name say what tells them apart. */
export function choices(all: Repository[]): { value: string; label: string }[] {
  return all.map((one) => {
    const apart = apartBy(one, all)
    return { value: one.id, label: apart ? `${one.name} (${apart})` : one.name }
  })
}
