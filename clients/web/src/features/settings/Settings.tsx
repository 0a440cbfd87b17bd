'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { Keys, Profile, Sessions } from '@/features/identity'
import { WorkspaceName } from '@/features/workspaces'
import { useSession } from '@/session'
import { Page } from '@/ui/page'
import { Tabs } from '@/ui/tabs'
import { Appearance } from './Appearance'

/** What belongs to oneself and to this installation; the tab stands in the address. */
export function Settings() {
  const router = useRouter()
  const { workspace } = useSession()
  const tab = useSearchParams().get('tab')
  const tabs = [
    { value: 'profile', label: 'Profile', content: <Profile /> },
    { value: 'appearance', label: 'Appearance', content: <Appearance /> },
    { value: 'keys', label: 'API keys', content: <Keys /> },
    { value: 'sessions', label: 'Sessions', content: <Sessions /> },
    ...(workspace.role === 'owner'
      ? [{ value: 'workspace', label: 'Workspace', content: <WorkspaceName /> }]
      : []),
  ]
  return (
    <Page title="Settings">
      <Tabs
        label="Settings"
        value={tabs.some(({ value }) => value === tab) ? String(tab) : 'profile'}
        onChange={(value) => router.replace(`/settings/?tab=${value}`, { scroll: false })}
        tabs={tabs}
      />
    </Page>
  )
}
