import type { Metadata } from 'next'
import { Nowhere } from '@/frame/Nowhere'

export const metadata: Metadata = { title: 'No such page' }

export default function NotFound() {
  return <Nowhere />
}
