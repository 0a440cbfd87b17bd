import type { Metadata } from 'next'
import { Members } from '@/features/workspaces'

export const metadata: Metadata = { title: 'Members' }

export default function Page() {
  return <Members />
}
