'use client'

import { chat, repositories } from '@samoey/api'
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

export interface CommandItem {
  id: string
  group: 'Go to' | 'Do' | 'Repositories' | 'Conversations'
  label: string
  sign: LucideIcon
  keys?: string
  run: () => void
}

/** All that can be reached from here. */
export function useCommands(typed: string): CommandItem[] {
  const router = useRouter()
  const { workspace } = useSession()
  const { showKeys } = usePalette()
  const flip = useFlipTheme()
  const { contrast, setContrast } = useLook()
  const repos = useQuery(repositories.list(workspace.id)).data ?? []
  const talks = useInfiniteQuery(chat.conversations(workspace.id)).data?.pages.flat() ?? []
  const go = (href: string) => () => router.push(href)
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
    {
      id: 'new',
      group: 'Do',
      label: 'New conversation',
      sign: MessageSquarePlus,
      keys: 'c',
      run: go('/conversations/?new=1'),
    },
    {
      id: 'add',
      group: 'Do',
      label: 'Add a repository',
      sign: FolderPlus,
      run: go('/repositories/?add=1'),
    },
    { id: 'theme', group: 'Do', label: 'Switch between light and dark', sign: SunMoon, run: flip },
    {
      id: 'contrast',
      group: 'Do',
      label: contrast === 'more' ? 'Normal contrast' : 'High contrast',
      sign: Contrast,
      run: () => setContrast(contrast === 'more' ? 'normal' : 'more'),
    },
    { id: 'keys', group: 'Do', label: 'List the keys', sign: Keyboard, keys: '?', run: showKeys },
    { id: 'out', group: 'Do', label: 'Sign out', sign: LogOut, run: () => void signOut() },
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
            group: 'Do' as const,
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
