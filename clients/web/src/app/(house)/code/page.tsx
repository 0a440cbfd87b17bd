import type { Metadata } from 'next'
import { Code } from '@/features/repositories'

export const metadata: Metadata = { title: 'Code' }

export default function Page() {
  return <Code />
}
