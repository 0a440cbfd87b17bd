import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { Tooltip } from './tooltip'

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-sm font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:opacity-50 aria-busy:opacity-70',
  {
    variants: {
      tone: {
        // Under the pointer towards the text's colour: what stands on it is read as well as before.
        accent:
          'bg-accent text-accent-text not-disabled:hover:bg-[color-mix(in_oklch,var(--accent)_90%,var(--text))]',
        plain:
          'border border-line-strong bg-surface text-text not-disabled:hover:bg-wash-strong aria-pressed:bg-wash-strong',
        quiet:
          'text-quiet not-disabled:hover:bg-wash-strong not-disabled:hover:text-text aria-pressed:bg-wash-strong aria-pressed:text-text',
        bad: 'bg-bad text-accent-text not-disabled:hover:bg-[color-mix(in_oklch,var(--bad)_90%,var(--text))]',
      },
      size: {
        sm: 'h-7 px-2 text-sm',
        md: 'h-8 px-3 text-base',
        lg: 'h-10 px-4 text-base',
        icon: 'size-8',
        'icon-sm': 'size-7',
      },
    },
    defaultVariants: { tone: 'plain', size: 'md' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof look> {
  /** Work is under way: the button stays where it is and says so. */
  busy?: boolean
  /** Give the look to the child (a link) instead of making a button. */
  asChild?: boolean
}

export function Button({ tone, size, busy, asChild, className, disabled, ...rest }: ButtonProps) {
  const Tag = asChild ? Slot.Root : 'button'
  return (
    <Tag
      type={asChild ? undefined : 'button'}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      className={cn(look({ tone, size }), className)}
      {...rest}
    />
  )
}

interface IconButtonProps extends ButtonProps {
  label: string
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactNode
}

/** A sign that says its name to a pointer and to a screen reader. */
export function IconButton({ label, keys, side, size = 'icon', ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <Button tone="quiet" size={size} aria-label={label} {...rest} />
    </Tooltip>
  )
}
