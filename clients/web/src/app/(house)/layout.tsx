import { type ReactNode, Suspense } from 'react'
import { Frame } from '@/frame/Frame'

/** The pages for who is signed in. */
export default function HouseLayout({ children }: { children: ReactNode }) {
  return (
    <Frame>
      <Suspense>{children}</Suspense>
    </Frame>
  )
}
