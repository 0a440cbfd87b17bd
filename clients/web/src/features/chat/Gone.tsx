'use client'

import { atLeast } from '@samoey/api'
import { MessageCircleOff } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useSession } from '@/session'
import { Button } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { Link } from '@/ui/link'
import { PaneHead } from '@/ui/page'
import { useTitle } from '@/ui/title'
import { NEW, type Sending, useDrafts } from './drafts'

const NONE: Sending[] = []

/** What was written for a conversation that is gone: it may be asked elsewhere. */
function useLeftOver(id: string): { text: string; move: () => void } {
  const waiting = useDrafts((state) => state.outbox[id] ?? NONE)
  const typed = useDrafts((state) => state.texts[id] ?? '')
  const { write, drop } = useDrafts.getState()
  const text = [...waiting.map((one) => one.text), typed].filter(Boolean).join('\n\n')
  const move = () => {
    const begun = useDrafts.getState().texts[NEW]
    write(NEW, begun ? `${begun}\n\n${text}` : text)
    write(id, '')
    for (const one of waiting) drop(id, one.key)
  }
  return { text, move }
}

/** No such conversation, or none that one may read: said plainly, with the ways on. */
export function Gone({ id }: { id: string }) {
  const router = useRouter()
  const { workspace } = useSession()
  const { text, move } = useLeftOver(id)
  const rescue = text !== '' && atLeast(workspace.role, 'member')
  useTitle(['No such conversation'])
  return (
    <>
      <PaneHead title="Conversation" back={() => router.push('/conversations/')} />
      <div role="status" className="overflow-y-auto">
        <Empty
          icon={<MessageCircleOff size={20} aria-hidden />}
          title="There is no such conversation"
          act={
            <div className="flex flex-wrap justify-center gap-2">
              <Button asChild tone={rescue ? 'plain' : 'accent'}>
                <Link href="/conversations/">All conversations</Link>
              </Button>
              {rescue ? (
                <Button asChild tone="accent">
                  <Link href="/conversations/?new=1" onClick={move}>
                    Ask it anew
                  </Link>
                </Button>
              ) : null}
            </div>
          }
        >
          It was deleted, it is not shared with you, or the address is not complete.
          {rescue ? ' What you wrote for it was not sent:' : null}
        </Empty>
        {rescue ? (
          <blockquote className="mx-auto -mt-6 mb-8 max-h-60 max-w-[60ch] overflow-y-auto border-l-2 px-4 text-sm wrap-anywhere whitespace-pre-wrap text-quiet">
            {text}
          </blockquote>
        ) : null}
      </div>
    </>
  )
}
