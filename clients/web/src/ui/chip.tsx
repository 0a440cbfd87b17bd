import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'

type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

const tones: Record<Tone, string> = {
  plain: 'text-quiet',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
}

interface ChipProps extends ComponentProps<'span'> {
  tone?: Tone
  icon?: ReactNode
}

/** A short fact beside a name; its sign tells the state too, not its colour alone. */
export function Chip({ tone = 'plain', icon, className, children, ...rest }: ChipProps) {
  return (
    <span
      className={cn(
        'inline-flex h-5 items-center gap-1 rounded-sm bg-wash-strong px-1.5 text-xs whitespace-nowrap [&>svg]:size-3',
        tones[tone],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
    </span>
  )
}
