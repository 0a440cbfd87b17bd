'use client'

import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { FirstRepository, useRepositories } from '@/features/repositories'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { Link } from '@/ui/link'

interface NotIndexedProps {
  /** The one repository that is asked for; none means all. */
  name: string | undefined
  failed: boolean
}

function NotIndexed({ name, failed }: NotIndexedProps) {
  const reading = name ? `${name} is still being read.` : 'The repositories are still being read.'
  const broken = name ? `${name} could not be read.` : 'None of the repositories could be read.'
  return (
    <Empty
      icon={<SearchX size={20} aria-hidden />}
      title="Nothing is indexed yet"
      act={
        <Button asChild>
          <Link href="/repositories/">{failed ? 'See why' : 'See how far it is'}</Link>
        </Button>
      }
    >
      {failed ? broken : reading} It can be searched once its index is made.
    </Empty>
  )
}

/** Why nothing at all can be found here; null where there is something to search. */
export function useNothingToSearch(repositoryId: string): ReactNode {
  const { list, indexesKnown, indexOf } = useRepositories()
  if (list.data?.length === 0) return <FirstRepository />
  if (!list.data || !indexesKnown) return null
  const asked = list.data.filter(({ id }) => repositoryId === '' || id === repositoryId)
  if (asked.length === 0 || asked.some(({ id }) => indexOf(id)?.snapshot_commit)) return null
  const failed = asked.every(
    ({ id, status }) => status === 'failed' || indexOf(id)?.state === 'failed',
  )
  return <NotIndexed name={repositoryId ? asked[0]?.name : undefined} failed={failed} />
}
