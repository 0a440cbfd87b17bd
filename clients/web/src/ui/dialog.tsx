'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { Button, IconButton } from './button'
import { cn } from './cn'
import { Field, Input } from './field'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** One sentence under the title. */
  about?: ReactNode
  wide?: boolean
  /** As wide as the window allows. */
  huge?: boolean
  children: ReactNode
}

/** Where one types, not the button that closes. */
function focusFirstField(event: Event): void {
  event.preventDefault()
  const dialog = event.currentTarget as HTMLElement
  const field = dialog.querySelector<HTMLElement>('input:not([type=checkbox]), textarea')
  ;(field ?? dialog).focus()
}

export function Dialog({ open, onOpenChange, title, about, wide, huge, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0_0_0/0.4)]" />
        <Radix.Content
          {...(about ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusFirstField}
          className={cn(
            'fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] animate-appear flex-col rounded-t-md bg-raised shadow-float outline-none sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[80dvh] sm:w-[calc(100%-32px)] sm:-translate-x-1/2 sm:rounded-md',
            huge ? 'sm:max-w-[1280px]' : wide ? 'sm:max-w-[640px]' : 'sm:max-w-[480px]',
          )}
        >
          <header className="flex items-start justify-between gap-4 px-6 pt-4 pb-3">
            <div>
              <Radix.Title className="text-md font-semibold">{title}</Radix.Title>
              {about ? (
                <Radix.Description className="mt-1 text-sm text-quiet">{about}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" keys="Esc" className="-mr-2">
                <X size={16} aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-6 pb-6">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  about: ReactNode
  /** What one types to show that one means it. */
  name: string
  act: string
  busy?: boolean
  onConfirm: () => void
  problem?: ReactNode
}

/** For what cannot be undone: the name is typed first. */
export function ConfirmByName({ name, act, busy, onConfirm, problem, ...dialog }: ConfirmProps) {
  const [typed, setTyped] = useState('')
  const fits = typed.trim() === name.trim()
  return (
    <Dialog {...dialog}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (fits) onConfirm()
        }}
      >
        <Field label={`Type “${name}” to confirm`}>
          {(wiring) => (
            <Input
              {...wiring}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        {problem}
        <div className="flex justify-end gap-2">
          <Button onClick={() => dialog.onOpenChange(false)}>Cancel</Button>
          <Button type="submit" tone="bad" disabled={!fits} busy={busy}>
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
