'use client'

import { Compass } from 'lucide-react'
import Link from 'next/link'
import { useSomebodyHere } from '@/session'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { Frame } from './Frame'
import { usePalette } from './palette-store'

function NoSuchPage({ inside }: { inside: boolean }) {
  const show = usePalette((state) => state.show)
  return (
    <main className="flex h-full min-h-[60dvh] items-center">
      <Empty
        whole
        icon={<Compass size={20} aria-hidden />}
        title="There is no such page"
        act={
          <div className="flex flex-wrap justify-center gap-2">
            <Button tone="accent" asChild>
              <Link href="/">Home</Link>
            </Button>
            {inside ? <Button onClick={show}>Find anything</Button> : null}
          </div>
        }
      >
        The address may be mistyped, or it was taken from an older version.
      </Empty>
    </main>
  )
}

/** An address that leads nowhere: inside the frame for who is signed in, else on its own. */
export function Nowhere() {
  const inside = useSomebodyHere()
  if (!inside) {
    return (
      <div className="h-dvh">
        <NoSuchPage inside={false} />
      </div>
    )
  }
  return (
    <Frame>
      <NoSuchPage inside />
    </Frame>
  )
}
