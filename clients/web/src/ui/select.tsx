'use client'

import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import { cn } from './cn'

export interface Option {
  value: string
  label: string
  hint?: string
}

interface SelectProps {
  value: string
  onChange: (value: string) => void
  options: Option[]
  label?: string
  id?: string
  'aria-describedby'?: string
  'aria-invalid'?: true
  disabled?: boolean
  className?: string
}

// Radix keeps the empty string for "nothing chosen"; here "any" is a choice like others.
const ANY = '__any__'

export function Select({
  value,
  onChange,
  options,
  label,
  className,
  id,
  disabled,
  ...aria
}: SelectProps) {
  return (
    <Radix.Root
      value={value === '' ? ANY : value}
      onValueChange={(chosen) => onChange(chosen === ANY ? '' : chosen)}
      disabled={disabled}
    >
      <Radix.Trigger
        id={id}
        aria-label={label}
        {...aria}
        className={cn(
          'inline-flex h-8 items-center justify-between gap-2 rounded-sm border border-line-strong bg-surface px-3 text-sm hover:bg-wash disabled:opacity-60 [&>span]:truncate',
          className,
        )}
      >
        <Radix.Value />
        <ChevronDown size={16} aria-hidden className="shrink-0 text-quiet" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-80 min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-md bg-raised p-1 shadow-float"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value === '' ? ANY : option.value}
                className="flex cursor-default items-center gap-2 rounded-sm px-2 py-1.5 text-sm outline-none data-highlighted:bg-wash-strong"
              >
                <span className="size-4">
                  <Radix.ItemIndicator>
                    <Check size={16} aria-hidden />
                  </Radix.ItemIndicator>
                </span>
                <span>
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.hint ? (
                    <span className="block max-w-64 text-xs text-quiet">{option.hint}</span>
                  ) : null}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
