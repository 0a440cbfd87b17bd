'use client'

import { chat, type Message } from '@samoey/api'
import { useMutation } from '@tanstack/react-query'
import { CircleSlash2, RotateCw, ShieldX, Square } from 'lucide-react'
import { useDeferredValue, useEffect, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { CopyButton } from '@/ui/copy'
import { many } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'
import { Tooltip } from '@/ui/tooltip'
import { copyableAnswer, shownAnswer } from './answer-text'
import { AnswerText } from './AnswerText'
import { Notes } from './Notes'
import { Seen } from './Seen'
import { Outline, Sources } from './Sources'
import { Thumbs } from './Thumbs'
import { useStreams } from './streams'
import { type PeekLink, useOpenCitation } from './peek'

const STAGES: Record<string, string> = {
  searching: 'Searching the code',
  thinking: 'Thinking',
  writing: 'Writing',
}

/** What is being done, and for how long, before the first words come. */
function Stage({ stage, since }: { stage: string | null; since: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.round((now - new Date(since).getTime()) / 1000)
  return (
    <p role="status" className="flex items-center gap-2 text-sm text-quiet">
      <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
      {STAGES[stage ?? ''] ?? 'Waiting for its turn'}…
      {seconds >= 3 && seconds < 3600 ? <span className="nums">{seconds} s</span> : null}
    </p>
  )
}

function Dropped({ number }: { number: number }) {
  if (number === 0) return null
  return (
    <Tooltip text="The server could not confirm them in the code, so they are not shown.">
      <Chip tone="warn" icon={<ShieldX aria-hidden />} tabIndex={0}>
        {many(number, 'citation')} left out
      </Chip>
    </Tooltip>
  )
}

function useActs({ conversation_id, id }: Message) {
  const onError = () => toast('That did not work. Check the connection and try again.')
  return {
    retry: useMutation({ mutationFn: () => chat.retry(conversation_id, id), onError }),
    stop: useMutation({ mutationFn: () => chat.stop(conversation_id, id), onError }),
  }
}

type Acts = ReturnType<typeof useActs>

function StopButton({ stop }: Pick<Acts, 'stop'>) {
  const stopping = stop.isPending || stop.isSuccess
  return (
    <Button
      size="sm"
      // In reach also while the answer grows below the view.
      className="sticky bottom-3 mt-3 shadow-float"
      busy={stopping}
      onClick={() => stop.mutate()}
    >
      <Square size={16} aria-hidden />
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  )
}

function Actions({ message, mayAct, retry }: AnswerProps & Pick<Acts, 'retry'>) {
  return (
    <div className="mt-3 -ml-2 flex flex-wrap items-center gap-1">
      {message.text ? (
        <CopyButton text={() => copyableAnswer(message)} label="Copy answer" />
      ) : null}
      {mayAct && message.status !== 'failed' ? (
        <IconButton
          label="Answer again"
          size="icon-sm"
          busy={retry.isPending}
          onClick={() => retry.mutate()}
        >
          <RotateCw size={16} aria-hidden />
        </IconButton>
      ) : null}
      {mayAct && message.status !== 'failed' ? <Thumbs message={message} /> : null}
      {message.status === 'stopped' ? (
        <Chip icon={<CircleSlash2 aria-hidden />}>Stopped</Chip>
      ) : null}
      <Dropped number={message.dropped_citations} />
      {message.model ? <span className="ml-1 text-xs text-quiet">{message.model}</span> : null}
    </div>
  )
}

function Failure({ message, mayAct, retry }: AnswerProps & Pick<Acts, 'retry'>) {
  const problem = {
    type: '/problems/answer-failed',
    title: 'The answer could not be finished',
    status: 500,
    detail: message.problem,
  }
  return (
    <ProblemPanel
      className="mt-1 mb-4 max-w-[72ch]"
      error={problem}
      retry={mayAct ? () => retry.mutate() : undefined}
    />
  )
}

interface AnswerProps {
  message: Message
  mayAct: boolean
  linkTo: PeekLink
}

/** An answer: why it failed, if it did; its words as they come; then what it stands on. */
export function Answer(props: AnswerProps) {
  const { message, mayAct, linkTo } = props
  const stream = useStreams((state) => state.byMessage[message.id])
  const shown = shownAnswer(message, stream)
  const text = useDeferredValue(shown.text)
  const openNumber = useOpenCitation(shown.citations)
  const { retry, stop } = useActs(message)
  const words = text ? (
    <AnswerText text={text} citations={shown.citations} hrefOf={linkTo} openNumber={openNumber} />
  ) : null
  if (shown.active) {
    return (
      <div aria-busy>
        {words ?? <Stage stage={shown.stage} since={message.created_at} />}
        {mayAct ? <StopButton stop={stop} /> : null}
      </div>
    )
  }
  return (
    <>
      {message.status === 'failed' ? <Failure {...props} retry={retry} /> : null}
      {words}
      <Sources text={shown.text} citations={shown.citations} hrefOf={linkTo} />
      <Outline items={message.outline} hrefOf={linkTo} />
      <Seen message={message} hrefOf={linkTo} />
      <Notes message={message} />
      <Actions {...props} retry={retry} />
    </>
  )
}
