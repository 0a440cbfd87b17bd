'use client'

import { atLeast, chat, repositories } from '@samoey/api'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  Contrast,
  FolderGit2,
  FolderPlus,
  Keyboard,
  LogOut,
  type LucideIcon,
  MessageSquare,
  MessageSquarePlus,
  Search,
  SunMoon,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useLook, useSession } from '@/session'
import { usePalette } from './palette-store'
import { signOut, useFlipTheme } from './PersonMenu'
import { LOWER_PLACES, PLACES } from './places'

export type Group = 'Go to' | 'Do' | 'Repositories' | 'Conversations' | 'Code'

/** What happens to a thing of each group. */
export const VERBS: Record<Group, string> = {
  'Go to': 'Go',
  Do: 'Do it',
  Repositories: 'Read',
  Conversations: 'Open',
  Code: 'Search',
}

export interface CommandItem {
  id: string
  group: Group
  label: string
  sign: LucideIcon
  keys?: string
  run: () => void
}

/** What one can do; to whom it is not given, it is not offered. */
function useActs(go: (href: string) => () => void): CommandItem[] {
  const { workspace } = useSession()
  const { showKeys } = usePalette()
  const flip = useFlipTheme()
  const { contrast, setContrast } = useLook()
  const more = contrast === 'more'
  const act = (id: string, label: string, sign: LucideIcon, run: () => void, keys?: string) => ({
    id,
    group: 'Do' as const,
    label,
    sign,
    run,
    keys,
  })
  return [
    ...(atLeast(workspace.role, 'member')
      ? [act('new', 'New conversation', MessageSquarePlus, go('/conversations/?new=1'), 'c')]
      : []),
    ...(atLeast(workspace.role, 'admin')
      ? [act('add', 'Add a repository', FolderPlus, go('/repositories/?add=1'))]
      : []),
    act('theme', 'Switch between light and dark', SunMoon, flip),
    act('contrast', more ? 'Normal contrast' : 'High contrast', Contrast, () =>
      setContrast(more ? 'normal' : 'more'),
    ),
    act('keys', 'List the keys', Keyboard, showKeys, '?'),
    act('out', 'Sign out', LogOut, () => void signOut()),
  ]
}

/** All that can be reached from here. */
export function useCommands(typed: string): CommandItem[] {
  const router = useRouter()
  const { workspace } = useSession()
  const repos = useQuery(repositories.list(workspace.id)).data ?? []
  const talks = useInfiniteQuery(chat.conversations(workspace.id)).data?.pages.flat() ?? []
  const go = (href: string) => () => router.push(href)
  const acts = useActs(go)
  const search = typed.trim()

  return [
    ...[...PLACES, ...LOWER_PLACES].map((place): CommandItem => ({
      id: place.href,
      group: 'Go to',
      label: place.label,
      sign: place.sign,
      keys: `g ${place.key}`,
      run: go(place.href),
    })),
    ...acts,
    ...repos.map((repo): CommandItem => ({
      id: repo.id,
      group: 'Repositories',
      label: repo.name,
      sign: FolderGit2,
      run: go(`/code/?repo=${repo.id}`),
    })),
    ...talks.map((talk): CommandItem => ({
      id: talk.id,
      group: 'Conversations',
      label: talk.title || 'New conversation',
      sign: MessageSquare,
      run: go(`/conversations/?id=${talk.id}`),
    })),
    ...(search
      ? [
          {
            id: 'search',
            group: 'Code' as const,
            label: `Search code for “${search}”`,
            sign: Search,
            run: go(`/search/?q=${encodeURIComponent(search)}`),
          },
        ]
      : []),
  ]
}

/** Keep what holds all typed words; what begins with them stands first. */
export function matching(items: CommandItem[], typed: string): CommandItem[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (item: CommandItem) => {
    if (item.id === 'search') return 2
    const label = item.label.toLowerCase()
    if (!words.every((word) => label.includes(word))) return 3
    return label.startsWith(words[0] ?? '') ? 0 : 1
  }
  const kept = items.map((item) => ({ item, at: rank(item) })).filter(({ at }) => at < 3)
  if (words.length > 0) kept.sort((a, b) => a.at - b.at)
  return kept.map(({ item }) => item).slice(0, 50)
}

/** The same under their headings; the group of the best one stands first. */
export function grouped(items: CommandItem[]): { group: Group; items: CommandItem[] }[] {
  const groups = new Map<Group, CommandItem[]>()
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item])
  return [...groups].map(([group, those]) => ({ group, items: those }))
}
