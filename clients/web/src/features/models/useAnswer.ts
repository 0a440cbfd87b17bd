import { askPlayground, type PlaygroundEnd, type Schemas } from '@samoey/api'
import { useEffect, useRef, useState } from 'react'

/** One model's answer as it comes. */
export interface Answer {
  model: string
  text: string
  state: 'asked' | 'done' | 'stopped' | 'failed'
  end: PlaygroundEnd | null
  problem: unknown
}

interface Answering {
  answer: Answer | null
  ask: (body: Schemas['PlaygroundAsk']) => void
  stop: () => void
}

/** Asks one model at a time; asking again, or leaving the page, stops what is under way. */
export function useAnswer(): Answering {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const run = async (body: Schemas['PlaygroundAsk'], { signal }: AbortController) => {
    const change = (part: (now: Answer) => Partial<Answer>) =>
      setAnswer((now) => (now && !signal.aborted ? { ...now, ...part(now) } : now))
    try {
      for await (const { text, end } of askPlayground(body, signal)) {
        change((now) => ({
          text: now.text + text,
          ...(end ? { end, state: 'done' as const } : {}),
        }))
      }
    } catch (problem) {
      change(() => ({ problem, state: 'failed' }))
    }
  }

  return {
    answer,
    ask: (body) => {
      running.current?.abort()
      running.current = new AbortController()
      setAnswer({ model: body.model, text: '', state: 'asked', end: null, problem: null })
      void run(body, running.current)
    },
    stop: () => {
      running.current?.abort()
      setAnswer((now) => (now?.state === 'asked' ? { ...now, state: 'stopped' } : now))
    },
  }
}
