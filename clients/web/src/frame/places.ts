import {
  Cpu,
  FolderGit2,
  House,
  type LucideIcon,
  MessagesSquare,
  Search,
  Settings,
  Users,
} from 'lucide-react'

export interface Place {
  href: string
  label: string
  sign: LucideIcon
  /** Pressed after `g`. */
  key: string
}

/** Where one can go; the rail, the palette and the keys all read this. */
export const PLACES: readonly Place[] = [
  { href: '/', label: 'Home', sign: House, key: 'h' },
  { href: '/conversations/', label: 'Conversations', sign: MessagesSquare, key: 'c' },
  { href: '/search/', label: 'Search', sign: Search, key: 's' },
  { href: '/repositories/', label: 'Repositories', sign: FolderGit2, key: 'r' },
]

export const LOWER_PLACES: readonly Place[] = [
  { href: '/models/', label: 'Models', sign: Cpu, key: 'l' },
  { href: '/members/', label: 'Members', sign: Users, key: 'm' },
  { href: '/settings/', label: 'Settings', sign: Settings, key: ',' },
]

/** Whether `pathname` lies in the place; code belongs to its repositories. */
export function isHere(place: Place, pathname: string): boolean {
  if (place.href === '/') return pathname === '/'
  if (place.href === '/repositories/' && pathname.startsWith('/code')) return true
  return `${pathname}/`.startsWith(place.href)
}
