'use client'

import { atLeast } from '@samoey/api'
import { FolderPlus } from 'lucide-react'
import { useWhomToAsk } from '@/features/workspaces'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { Link } from '@/ui/link'

function AskSomebody() {
  const whom = useWhomToAsk()
  return (
    <Empty icon={<FolderPlus size={20} aria-hidden />} title="No repository is connected yet">
      Ask {whom} to add one; then there is code to ask about.
    </Empty>
  )
}

/** Without code there is nothing to ask about: the way to the first repository, or to who may add it. */
export function FirstRepository() {
  const { workspace } = useSession()
  if (!atLeast(workspace.role, 'admin')) return <AskSomebody />
  return (
    <Empty
      icon={<FolderPlus size={20} aria-hidden />}
      title="Add your first repository"
      act={
        <Button tone="accent" size="lg" asChild>
          <Link href="/repositories/?add=1">Add a repository</Link>
        </Button>
      }
    >
      Give a git URL or a folder. Once it is indexed you can ask about it, and every answer shows
      where it comes from.
    </Empty>
  )
}

/** The same in one line, below an answer that found no code. */
export function AddRepositoryLine() {
  const { workspace } = useSession()
  const whom = useWhomToAsk()
  if (!atLeast(workspace.role, 'admin')) return <>Ask {whom} to add a repository.</>
  return (
    <Link href="/repositories/?add=1" className="text-accent underline underline-offset-2">
      Add a repository
    </Link>
  )
}
