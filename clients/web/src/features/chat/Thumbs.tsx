'use client'

import { chat, mergeMessages, type Message, type MessagePages, type Rating } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { IconButton } from '@/ui/button'
import { toast } from '@/ui/toast'

const THUMBS = [
  { rating: 'up', label: 'Good answer', Sign: ThumbsUp },
  { rating: 'down', label: 'Bad answer', Sign: ThumbsDown },
] as const

/** Says it at once, and takes it back where the server does not hear it. */
function useRating(message: Message) {
  const queries = useQueryClient()
  const { queryKey } = chat.messages(message.conversation_id)
  const show = (rating: Rating | null) =>
    queries.setQueryData<MessagePages>(queryKey, (pages) => {
      const held = pages?.pages.flat().find(({ id }) => id === message.id)
      return held ? mergeMessages(pages, [{ ...held, rating }]) : pages
    })
  return useMutation({
    // One after the other, so that the last word is what stays.
    scope: { id: `rating-${message.id}` },
    mutationFn: (rating: Rating | null) => chat.rate(message.conversation_id, message.id, rating),
    onMutate: (rating) => {
      const before = message.rating
      show(rating)
      return before
    },
    onError: (_error, _rating, before) => {
      show(before ?? null)
      toast('That was not kept. Check the connection and try again.')
    },
  })
}

/** Whether the answer was good, in the reader's eyes; pressing again takes it back. */
export function Thumbs({ message }: { message: Message }) {
  const rate = useRating(message)
  return (
    <div role="group" aria-label="Rate this answer" className="flex items-center gap-1">
      {THUMBS.map(({ rating, label, Sign }) => {
        const pressed = message.rating === rating
        return (
          <IconButton
            key={rating}
            label={label}
            size="icon-sm"
            aria-pressed={pressed}
            onClick={() => rate.mutate(pressed ? null : rating)}
          >
            <Sign size={16} aria-hidden fill={pressed ? 'currentColor' : 'none'} />
          </IconButton>
        )
      })}
    </div>
  )
}
