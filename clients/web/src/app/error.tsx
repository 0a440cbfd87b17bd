'use client'

import { Crash, type CrashProps } from '@/ui/crash'

export default function PageError({ error }: CrashProps) {
  return <Crash error={error} />
}
