'use client'

import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'
import { Kbd } from './kbd'

interface MenuProps {
  trigger: ReactNode
  align?: 'start' | 'end'
  children: ReactNode
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-48 animate-appear rounded-md bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface MenuItemProps extends ComponentProps<typeof Radix.Item> {
  icon?: ReactNode
  keys?: string
  bad?: boolean
}

export function MenuItem({ icon, keys, bad, className, children, ...rest }: MenuItemProps) {
  return (
    <Radix.Item
      className={cn(
        'flex h-8 cursor-default items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-wash-strong',
        bad && 'text-bad',
        className,
      )}
      {...rest}
    >
      {icon ? <span className="text-quiet [&>svg]:size-4">{icon}</span> : null}
      <span className="grow">{children}</span>
      {keys ? <Kbd keys={keys} /> : null}
    </Radix.Item>
  )
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />
}
