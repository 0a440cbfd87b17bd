import { cn } from './cn'
import { languageOf } from './grammars'
import { Highlight, type Range } from './highlight'

interface SnippetProps {
  code: string
  path: string
  language?: string | null
  /** The number of the first line. */
  start: number
  /** Words to mark. */
  words?: RegExp | null
  /** Places to mark instead, in order. */
  ranges?: readonly Range[]
  className?: string
}

/** A few lines of a file with their numbers. */
export function Snippet({ code, path, language, start, words, ranges, className }: SnippetProps) {
  const text = code.replace(/\n$/, '')
  const numbers = text.split('\n').map((_, at) => start + at)
  return (
    <div className={cn('code-lines flex overflow-x-auto', className)}>
      <div
        aria-hidden
        className="sticky left-0 bg-inherit pr-3 pl-4 text-right text-quiet nums select-none"
      >
        {numbers.join('\n')}
      </div>
      <code className="pr-4">
        <Highlight
          code={text}
          language={language ?? languageOf(path)}
          words={words}
          ranges={ranges}
        />
      </code>
    </div>
  )
}
