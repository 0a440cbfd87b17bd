import type { ReactNode } from 'react'
import { Mark } from '@/ui/mark'

/** The pages before one is inside. */
export default function DoorLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center gap-6 px-4 py-12">
      <p className="flex items-center gap-3 text-md font-semibold">
        <Mark />
        Samoey Copilot
      </p>
      {children}
    </main>
  )
}
