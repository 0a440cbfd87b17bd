import type { Metadata } from 'next'
import { Models } from '@/features/models'

export const metadata: Metadata = { title: 'Models' }

export default function Page() {
  return <Models />
}
