import type { Metadata } from 'next'
import { Search } from '@/features/knowledge'

export const metadata: Metadata = { title: 'Search' }

export default function Page() {
  return <Search />
}
