import type { Metadata } from 'next'
import { SignIn } from '@/features/identity'

export const metadata: Metadata = { title: 'Sign in' }

export default function Page() {
  return <SignIn />
}
