import type { Citation, Message, Stream } from '@samoey/api'
import { fileName, lines } from '@/ui/format'

/** `retry.py:41–58` */
export function citationLabel({
  path,
  start,
  end,
}: Pick<Citation, 'path' | 'start' | 'end'>): string {
  return `${fileName(path)}:${lines(start, end)}`
}

const MARK = /\[\^(\d+)\]/g

/** Citations in the order in which the text uses them; those it never names come last. */
export function inOrderOfUse(text: string, citations: Citation[]): Citation[] {
  const used = [...text.matchAll(MARK)].map((mark) => Number(mark[1]))
  const order = [...new Set(used)]
  const rank = (citation: Citation) => {
    const at = order.indexOf(citation.number)
    return at < 0 ? order.length : at
  }
  return [...citations].sort((a, b) => rank(a) - rank(b))
}

/** An answer to paste elsewhere: its citations in words. */
export function copyableAnswer({ text, citations }: Pick<Message, 'text' | 'citations'>): string {
  return text.replace(MARK, (mark, number) => {
    const citation = citations.find((one) => one.number === Number(number))
    if (!citation) return mark
    const { path, start, end, commit } = citation
    return `[${path}:${start}-${end}@${commit.slice(0, 8)}]`
  })
}

export interface Shown {
  text: string
  citations: Citation[]
  stage: string | null
  active: boolean
}

/** What stands on screen: the pieces while they come, the kept answer once it is there. */
export function shownAnswer(message: Message, stream: Stream | undefined): Shown {
  const active = message.status === 'waiting' || message.status === 'writing'
  const current = stream && stream.attempt >= message.attempt ? stream : undefined
  if (active && current) {
    const { text, citations, stage } = current
    return { text, citations, stage, active }
  }
  return { text: message.text, citations: message.citations, stage: null, active }
}
