'use client'

import { identity } from '@samoey/api'
import { Command, Keyboard, LogOut, Moon, Sun } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { leave, useLook, useSession } from '@/session'
import { Avatar } from '@/ui/avatar'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { toast } from '@/ui/toast'
import { usePalette } from './palette-store'
import { LOWER_PLACES } from './places'

/** End the session on this device and leave nothing behind in the page. */
export async function signOut(): Promise<void> {
  try {
    await leave(identity.signOut)
  } catch {
    toast('Signing out failed. Check the connection and try again.')
  }
}

/** Turn light into dark and back, from what is seen now. */
export function useFlipTheme(): () => void {
  const { theme, setTheme } = useLook()
  return () => {
    const dark =
      theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
    setTheme(dark ? 'light' : 'dark')
  }
}

/** Who one is here, and what belongs to one's own device. */
export function PersonMenu({ withPlaces = false }: { withPlaces?: boolean }) {
  const { user, workspace } = useSession()
  const router = useRouter()
  const flip = useFlipTheme()
  const { theme } = useLook()
  const { show, showKeys } = usePalette()
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="mt-1 flex size-8 items-center justify-center rounded-sm hover:bg-wash-strong"
        >
          <Avatar name={user.name} />
          <span className="sr-only">{user.name}: menu</span>
        </button>
      }
    >
      <div className="px-2 py-1.5 text-sm">
        <p className="font-medium">{user.name}</p>
        <p className="text-xs text-quiet">
          {workspace.name} · {workspace.role}
        </p>
      </div>
      <MenuLine />
      {withPlaces
        ? LOWER_PLACES.map(({ href, label, sign: Sign }) => (
            <MenuItem key={href} icon={<Sign aria-hidden />} onSelect={() => router.push(href)}>
              {label}
            </MenuItem>
          ))
        : null}
      <MenuItem icon={<Command aria-hidden />} keys="mod+k" onSelect={show}>
        Find anything
      </MenuItem>
      <MenuItem
        icon={theme === 'dark' ? <Sun aria-hidden /> : <Moon aria-hidden />}
        onSelect={flip}
      >
        Light or dark
      </MenuItem>
      <MenuItem icon={<Keyboard aria-hidden />} keys="?" onSelect={showKeys}>
        Keys
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
