'use client'

import { type Deployment, models } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Cpu, Ellipsis, Settings2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'
import { ChangeCheckpoint } from './ChangeCheckpoint'
import { ChangeDeployment } from './ChangeDeployment'
import { EVERY, factsOf } from './deployments'

interface RowProps {
  deployment: Deployment
  /** `provider/model`, by which it is asked for. */
  name: string
  mayChange: boolean
}

function RemoveDialog({
  deployment,
  name,
  onDone,
}: Omit<RowProps, 'mayChange'> & { onDone: () => void }) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => models.removeDeployment(deployment.id),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title={`Remove ${name}?`}
      about="Nobody can ask it any more, until it is added again. What was used of it stays in the figures."
    >
      {remove.error ? <ProblemPanel className="mb-4" error={remove.error} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button tone="bad" busy={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </div>
    </Dialog>
  )
}

/** A model that can be asked, and what is known of it. */
export function DeploymentRow({ deployment, name, mayChange }: RowProps) {
  const [open, setOpen] = useState<'change' | 'run' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const every = deployment.model === EVERY
  const facts = factsOf(deployment)
  const { checkpoint } = deployment
  return (
    <li className="flex min-h-8 items-center gap-2 py-1">
      <div className="min-w-0 grow sm:flex sm:items-baseline sm:gap-3">
        <span className="block shrink-0 truncate text-sm sm:max-w-[50%]">
          {every ? 'every model that it has' : deployment.model}
        </span>
        <span className="block min-w-0 text-xs text-quiet">
          {checkpoint ? (
            <span className="block truncate font-mono" title={checkpoint.folder}>
              {checkpoint.folder}
            </span>
          ) : null}
          {facts.length > 0 ? <span className="nums">{facts.join(' · ')}</span> : null}
        </span>
      </div>
      {mayChange ? (
        <Menu
          trigger={
            <IconButton label={`More for ${name}`} size="icon-sm">
              <Ellipsis size={16} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem icon={<Settings2 aria-hidden />} onSelect={() => setOpen('change')}>
            What is known of it…
          </MenuItem>
          {checkpoint ? (
            <MenuItem icon={<Cpu aria-hidden />} onSelect={() => setOpen('run')}>
              How it runs…
            </MenuItem>
          ) : null}
          <MenuLine />
          <MenuItem bad icon={<Trash2 aria-hidden />} onSelect={() => setOpen('remove')}>
            Remove…
          </MenuItem>
        </Menu>
      ) : null}
      {open === 'change' ? (
        <ChangeDeployment deployment={deployment} name={name} onDone={close} />
      ) : null}
      {open === 'run' && checkpoint ? (
        <ChangeCheckpoint deployment={{ ...deployment, checkpoint }} name={name} onDone={close} />
      ) : null}
      {open === 'remove' ? (
        <RemoveDialog deployment={deployment} name={name} onDone={close} />
      ) : null}
    </li>
  )
}
