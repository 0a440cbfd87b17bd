'use client'

import { type Conversation, type ConversationChange, chat } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Link2, Lock, Pencil, Trash2, Users } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { copyText } from '@/ui/copy'
import { Dialog } from '@/ui/dialog'
import { Field, Input } from '@/ui/field'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'
import { useRemoveConversation } from './removal'

function useChange(conversation: Conversation) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: ConversationChange) => chat.change(conversation.id, change),
    onSuccess: (changed) => {
      queries.setQueryData(chat.conversation(changed.id).queryKey, changed)
      void queries.invalidateQueries({ queryKey: ['chat', 'conversations'] })
    },
  })
}

interface RenameProps {
  conversation: Conversation
  onDone: () => void
}

function Rename({ conversation, onDone }: RenameProps) {
  const [title, setTitle] = useState(conversation.title)
  const change = useChange(conversation)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ title: title.trim() }, { onSuccess: onDone })
  }
  return (
    <Dialog open onOpenChange={onDone} title="Rename the conversation">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Title">
          {(wiring) => (
            <Input
              {...wiring}
              required
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        {change.error ? <ProblemPanel error={change.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={change.isPending}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What one can do with a conversation as a whole. */
export function ConversationMenu({ conversation }: { conversation: Conversation }) {
  const [renaming, setRenaming] = useState(false)
  const change = useChange(conversation)
  const remove = useRemoveConversation()
  const share = () =>
    change.mutate(
      { shared: !conversation.shared },
      {
        onSuccess: ({ shared }) =>
          toast(
            shared
              ? 'Everyone in the workspace can read it now, and members can ask in it'
              : 'Only you can read it now',
          ),
        onError: (error) => toast(error.message),
      },
    )
  const copyLink = () =>
    void copyText(`${location.origin}/conversations/?id=${conversation.id}`).then(() =>
      toast('Link copied'),
    )
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More" size="icon-sm">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setRenaming(true)}>
          Rename…
        </MenuItem>
        <MenuItem
          icon={conversation.shared ? <Lock aria-hidden /> : <Users aria-hidden />}
          onSelect={share}
        >
          {conversation.shared ? 'Make private' : 'Share with the workspace'}
        </MenuItem>
        <MenuItem icon={<Link2 aria-hidden />} onSelect={copyLink}>
          Copy link
        </MenuItem>
        <MenuLine />
        <MenuItem bad icon={<Trash2 aria-hidden />} onSelect={() => remove(conversation.id)}>
          Delete
        </MenuItem>
      </Menu>
      {renaming ? <Rename conversation={conversation} onDone={() => setRenaming(false)} /> : null}
    </>
  )
}
