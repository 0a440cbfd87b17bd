'use client'

import { type Prompt, prompts } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { ConfirmByName, Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'

interface ActProps {
  prompt: Prompt
  onDone: () => void
}

function useAct<T>(act: (value: T) => Promise<unknown>, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models', 'prompts'] }),
  })
}

function RenameDialog({ prompt, onDone }: ActProps) {
  const [{ id, version }] = useState(prompt)
  const [name, setName] = useState(prompt.name)
  const save = useAct((next: string) => prompts.rename(id, { version, name: next }), onDone)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(name.trim())
  }
  return (
    <Dialog open onOpenChange={onDone} title={`Rename ${prompt.name}`}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name">
          {(wiring) => (
            <Input
              {...wiring}
              required
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {save.error ? <ProblemPanel error={save.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={save.isPending}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function RemoveDialog({ prompt, onDone, onGone }: ActProps & { onGone: () => void }) {
  const remove = useAct(() => prompts.remove(prompt.id), onGone)
  return (
    <ConfirmByName
      open
      onOpenChange={onDone}
      title={`Remove ${prompt.name}?`}
      about="It goes with all its versions. What they answered stays, and stays counted."
      name={prompt.name}
      act="Remove"
      busy={remove.isPending}
      onConfirm={() => remove.mutate(undefined)}
      problem={remove.error ? <ProblemPanel error={remove.error} /> : null}
    />
  )
}

interface PromptMenuProps {
  prompt: Prompt
  onGone: () => void
}

/** What else an admin may do with a prompt. */
export function PromptMenu({ prompt, onGone }: PromptMenuProps) {
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More for ${prompt.name}`}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setOpen('rename')}>
          Rename…
        </MenuItem>
        <MenuLine />
        <MenuItem bad icon={<Trash2 aria-hidden />} onSelect={() => setOpen('remove')}>
          Remove…
        </MenuItem>
      </Menu>
      {open === 'rename' ? <RenameDialog prompt={prompt} onDone={close} /> : null}
      {open === 'remove' ? <RemoveDialog prompt={prompt} onDone={close} onGone={onGone} /> : null}
    </>
  )
}
