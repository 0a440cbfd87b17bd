'use client'

import { atLeast } from '@samoey/api'
import { useRouter, useSearchParams } from 'next/navigation'
import {
  CodePeek,
  FirstRepository,
  readPeek,
  useRepositories,
  withoutPeek,
} from '@/features/repositories'
import { ViewerNote } from '@/features/workspaces'
import { useSession } from '@/session'
import { PaneHead, Panes } from '@/ui/page'
import { useTitle } from '@/ui/title'
import { ConversationList } from './ConversationList'
import { ConversationView } from './ConversationView'
import { NewQuestion } from './NewQuestion'

function BeginningHere() {
  const { workspace } = useSession()
  const { list } = useRepositories()
  if (list.data?.length === 0) return <FirstRepository />
  if (atLeast(workspace.role, 'member')) {
    return (
      <>
        <h2 className="text-lg font-semibold">What do you want to know?</h2>
        <NewQuestion autoFocus />
      </>
    )
  }
  return (
    <div className="flex flex-col gap-2 self-center text-center">
      <h2 className="text-md font-semibold">Choose a conversation</h2>
      <ViewerNote />
    </div>
  )
}

function Beginning() {
  const router = useRouter()
  const mayAsk = atLeast(useSession().workspace.role, 'member')
  useTitle(['Conversations'])
  return (
    <>
      <PaneHead
        title={mayAsk ? 'New conversation' : 'Conversations'}
        back={() => router.push('/conversations/')}
      />
      <div className="mx-auto flex w-full max-w-[720px] grow flex-col justify-center gap-6 p-4">
        <BeginningHere />
      </div>
    </>
  )
}

/** Conversations: the list, one of them, and code beside it. */
export function Conversations() {
  const router = useRouter()
  const params = useSearchParams()
  const id = params.get('id')
  const peek = id ? readPeek(params) : null
  const close = () => router.push(`/conversations/?${withoutPeek(params)}`, { scroll: false })
  const begins = params.has('new')
  return (
    <Panes
      title="Conversations"
      listLabel="Conversations"
      list={<ConversationList id={id} />}
      main={id ? <ConversationView id={id} /> : <Beginning />}
      side={peek ? <CodePeek place={peek} onClose={close} /> : undefined}
      sideLabel="Code"
      onCloseSide={close}
      wideSide
      focus={peek ? 'side' : id || begins ? 'main' : 'list'}
    />
  )
}
