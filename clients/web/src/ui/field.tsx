'use client'

import {
  type ChangeEvent,
  type ComponentProps,
  type ReactNode,
  useEffect,
  useId,
  useRef,
} from 'react'
import { cn } from './cn'

const box =
  'w-full rounded-sm border border-line-strong bg-surface px-3 text-text transition-colors duration-100 hover:border-quiet focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-bad'

/** A line to type in; what was typed or filled in before the page's code had loaded counts as typed. */
export function Input({ className, ...rest }: Omit<ComponentProps<'input'>, 'ref'>) {
  const node = useRef<HTMLInputElement>(null)
  const first = useRef(rest)
  useEffect(() => {
    const { value, onChange } = first.current
    // React keeps such words in the box but says nothing of them, and its next render empties the box.
    if (node.current && value !== undefined && node.current.value !== String(value)) {
      onChange?.({
        target: node.current,
        currentTarget: node.current,
      } as ChangeEvent<HTMLInputElement>)
    }
  }, [])
  return <input ref={node} className={cn(box, 'h-8', className)} {...rest} />
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={cn(box, 'min-h-20 py-2 leading-normal', className)} {...rest} />
}

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | null
  optional?: boolean
  className?: string
  children: (wiring: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': true | undefined
  }) => ReactNode
}

/** A label, its control and what to know about it, joined for every reader. */
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId()
  const about = `${id}-about`
  const said = error ?? hint
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="flex items-baseline justify-between text-sm font-medium">
        {label}
        {optional ? <span className="text-xs font-normal text-quiet">optional</span> : null}
      </label>
      {children({
        id,
        'aria-describedby': said ? about : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {said ? (
        <p id={about} className={cn('text-xs', error ? 'text-bad' : 'text-quiet')}>
          {said}
        </p>
      ) : null}
    </div>
  )
}

/** A yes or no with its words beside it. */
export function Checkbox({
  label,
  hint,
  ...rest
}: ComponentProps<'input'> & { label: string; hint?: string }) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input id={id} type="checkbox" className="mt-[3px] size-4 accent-accent" {...rest} />
      <label htmlFor={id} className="text-sm">
        {label}
        {hint ? <span className="block text-xs text-quiet">{hint}</span> : null}
      </label>
    </div>
  )
}
