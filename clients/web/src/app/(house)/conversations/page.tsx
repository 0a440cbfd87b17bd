import type { Metadata } from 'next'
import { Conversations } from '@/features/chat'

export const metadata: Metadata = { title: 'Conversations' }

export default function Page() {
  return <Conversations />
}
