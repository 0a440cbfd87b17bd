'use client'

import { useSession } from '@/session'
import { Avatar } from '@/ui/avatar'
import { useStreams } from './streams'

const NOBODY: never[] = []

/** Who else has this conversation open. */
export function Present({ conversationId }: { conversationId: string }) {
  const { user } = useSession()
  const people = useStreams((state) => state.people[conversationId] ?? NOBODY)
  const others = people.filter((person) => person.user_id !== user.id)
  if (others.length === 0) return null
  const names = others.map((person) => person.name).join(', ')
  return (
    <span role="img" aria-label={`Also here: ${names}`} title={names} className="flex -space-x-1">
      {others.slice(0, 4).map((person) => (
        <Avatar key={person.user_id} name={person.name} />
      ))}
    </span>
  )
}

/** Who is typing now. */
export function TypingNote({ conversationId }: { conversationId: string }) {
  const { user } = useSession()
  const typing = useStreams((state) => state.typing[conversationId] ?? NOBODY)
  const names = typing.filter((one) => one.user_id !== user.id).map((one) => one.name)
  return (
    <p aria-live="polite" className="h-5 px-1 text-xs text-quiet">
      {names.length > 0 ? `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing…` : ''}
    </p>
  )
}
