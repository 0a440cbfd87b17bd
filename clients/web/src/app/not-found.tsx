import Link from 'next/link'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center">
      <Empty
        whole
        title="There is no such page"
        act={
          <Button tone="accent" asChild>
            <Link href="/">Home</Link>
          </Button>
        }
      >
        The address may be mistyped, or it was taken from an older version.
      </Empty>
    </main>
  )
}
