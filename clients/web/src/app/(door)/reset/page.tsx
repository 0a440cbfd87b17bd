import type { Metadata } from 'next'
import { ResetPassword } from '@/features/identity'

export const metadata: Metadata = { title: 'New password' }

export default function Page() {
  return <ResetPassword />
}
