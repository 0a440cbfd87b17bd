'use client'

import { atLeast } from '@samoey/api'
import { useRouter, useSearchParams } from 'next/navigation'
import { useSession } from '@/session'
import { Page } from '@/ui/page'
import { Tabs } from '@/ui/tabs'
import { Budgets } from './Budgets'
import { Playground } from './Playground'
import { Prompts } from './Prompts'
import { Providers } from './Providers'
import { Routing } from './Routing'
import { Usage } from './Usage'

/** Everything about language models; the tab stands in the address. */
export function Models() {
  const router = useRouter()
  const { workspace } = useSession()
  const mayChange = atLeast(workspace.role, 'admin')
  const mayAsk = atLeast(workspace.role, 'member')
  const address = useSearchParams()
  const tab = address.get('tab')
  const show = (part: Record<string, string>) =>
    router.replace(`/models/?${new URLSearchParams(part).toString()}`, { scroll: false })
  const tabs = [
    { value: 'providers', label: 'Providers', content: <Providers mayChange={mayChange} /> },
    {
      value: 'routing',
      label: 'Routing',
      content: (
        <Routing
          mayChange={mayChange}
          explained={address.get('explain')}
          onExplain={(name) => show({ tab: 'routing', explain: name })}
        />
      ),
    },
    { value: 'keys', label: 'Keys', content: <Budgets mayChange={mayChange} /> },
    {
      value: 'usage',
      label: 'Usage',
      content: (
        <Usage
          everybody={mayChange}
          view={{ by: address.get('by'), days: address.get('days') }}
          onView={(view) => show({ tab: 'usage', ...view })}
        />
      ),
    },
    {
      value: 'prompts',
      label: 'Prompts',
      content: (
        <Prompts
          mayChange={mayChange}
          mayAsk={mayAsk}
          chosen={address.get('prompt')}
          onChoose={(prompt) => show({ tab: 'prompts', ...(prompt ? { prompt } : {}) })}
        />
      ),
    },
    // Who may only read asks nobody.
    ...(mayAsk ? [{ value: 'playground', label: 'Playground', content: <Playground /> }] : []),
  ]
  return (
    <Page wide title="Models">
      <Tabs
        label="Models"
        value={tabs.some(({ value }) => value === tab) ? String(tab) : 'providers'}
        onChange={(value) => show({ tab: value })}
        tabs={tabs}
      />
    </Page>
  )
}
