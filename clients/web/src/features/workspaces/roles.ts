import { ROLES, type Role } from '@samoey/api'
import type { Option } from '@/ui/select'

/** What each role may do, in the words shown beside it. */
export const ROLE_WORDS: Record<Role, string> = {
  viewer: 'may read code, search, and read shared conversations',
  member: 'may also ask and hold conversations',
  admin: 'may also manage repositories and people',
  owner: 'may do everything, including reading folders of the server',
}

/** A role as it stands in a list. */
export function roleName(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1)
}

/** The roles up to `most`, to choose from. */
export function roleOptions(most: Role): Option[] {
  return ROLES.slice(0, ROLES.indexOf(most) + 1).map((role) => ({
    value: role,
    label: roleName(role),
    hint: ROLE_WORDS[role],
  }))
}
