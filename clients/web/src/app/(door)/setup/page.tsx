import type { Metadata } from 'next'
import { SetUp } from '@/features/workspaces'

export const metadata: Metadata = { title: 'Set up' }

export default function Page() {
  return <SetUp />
}
