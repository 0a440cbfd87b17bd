'use client'

import type { Message } from '@samoey/api'
import { memo } from 'react'
import { Avatar } from '@/ui/avatar'
import { ago, moment } from '@/ui/format'
import { Mark } from '@/ui/mark'
import { Answer } from './Answer'
import type { PeekLink } from './peek'

interface MessageRowProps {
  message: Message
  mayAct: boolean
  linkTo: PeekLink
}

/** One thing said, by a person or by the copilot. */
export const MessageRow = memo(function MessageRow({ message, mayAct, linkTo }: MessageRowProps) {
  const isAnswer = message.role === 'assistant'
  const name = isAnswer ? 'Copilot' : (message.author?.name ?? 'Someone who left')
  return (
    <article
      data-row
      data-message={message.number}
      data-role={message.role}
      data-status={message.status}
      tabIndex={-1}
      aria-label={`${name}, ${moment(message.created_at)}`}
      className="message flex gap-3 rounded-md px-2 py-3 focus-visible:outline-1"
    >
      <div className="pt-px">{isAnswer ? <Mark size={24} /> : <Avatar name={name} />}</div>
      <div className="min-w-0 grow">
        <p className="mb-1 flex items-baseline gap-2 text-sm">
          <span className="font-semibold">{name}</span>
          <time
            dateTime={message.created_at}
            title={moment(message.created_at)}
            className="text-xs text-quiet"
          >
            {ago(message.created_at)}
          </time>
        </p>
        {isAnswer ? (
          <Answer message={message} mayAct={mayAct} linkTo={linkTo} />
        ) : (
          <p className="max-w-[72ch] text-base wrap-anywhere whitespace-pre-wrap">{message.text}</p>
        )}
      </div>
    </article>
  )
})
