import type { Shown } from '@samoey/api'
import { count } from '@/ui/format'
import { TextBlock } from './TextBlock'

const ROLES: Record<string, string> = {
  system: 'Instructions',
  user: 'Question and sources',
  assistant: 'Answer',
}

/** Exactly what a model is sent, message by message. */
export function PromptShown({ shown, free }: { shown: Shown; free: boolean }) {
  const notes = 'notes' in shown ? shown.notes : []
  return (
    <section aria-label="As the model sees it" className="flex flex-col gap-3">
      <p role="status" className="text-xs text-quiet nums">
        About {count(shown.tokens)} tokens.
      </p>
      {shown.messages.map(({ role, text }, at) => (
        <div key={at}>
          <h3 className="mb-1 text-xs text-quiet">{free ? 'Prompt' : ROLES[role]}</h3>
          <TextBlock label={free ? 'Prompt' : (ROLES[role] ?? role)} text={text} />
        </div>
      ))}
      {notes.map((note) => (
        <p key={note} className="text-xs text-quiet">
          {note}
        </p>
      ))}
    </section>
  )
}
