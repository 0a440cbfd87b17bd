import { CopyButton } from '@/ui/copy'
import { count, many } from '@/ui/format'
import { ProblemPanel } from '@/ui/problem'
import type { Answer } from './useAnswer'

function facts({ end, state }: Answer): string {
  if (state === 'stopped') return 'Stopped.'
  if (!end) return 'Answering…'
  const { model, first_ms, ms, prompt_tokens, completion_tokens } = end
  return [
    model ?? '',
    first_ms === null ? 'no words' : `first words after ${count(first_ms)} ms`,
    `all after ${count(ms)} ms`,
    prompt_tokens === null ? '' : `${many(prompt_tokens, 'token')} in`,
    completion_tokens === null ? '' : `${many(completion_tokens, 'token')} out`,
  ]
    .filter(Boolean)
    .join(' · ')
}

interface AnswerShownProps {
  answer: Answer
  /** What the place is called that it stands in. */
  named: string
}

/** What one of two said, and what that took. */
export function AnswerShown({ answer, named }: AnswerShownProps) {
  const facts_ = answer.state === 'failed' ? 'No answer.' : facts(answer)
  return (
    <>
      <div className="flex items-start justify-between gap-3">
        <p role="status" className="text-xs text-quiet nums">
          {answer.model === named ? '' : `${answer.model}: `}
          {facts_}
        </p>
        {answer.state === 'done' ? (
          <CopyButton text={answer.text} label={`Copy what ${named} said`} />
        ) : null}
      </div>
      {answer.text ? (
        <p className="max-w-[72ch] leading-normal break-words whitespace-pre-wrap">{answer.text}</p>
      ) : null}
      {answer.state === 'failed' ? <ProblemPanel error={answer.problem} /> : null}
    </>
  )
}
