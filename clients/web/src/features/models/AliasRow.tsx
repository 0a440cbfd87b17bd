'use client'

import { type Alias, models } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Settings2, Trash2, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'
import { AliasDialog } from './AliasDialog'
import { aliasFacts, strategyTold } from './aliases'

interface AliasRowProps {
  alias: Alias
  names: ReadonlyMap<string, string>
  mayChange: boolean
}

function RemoveDialog({ alias, onDone }: { alias: Alias; onDone: () => void }) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => models.removeAlias(alias.id),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title={`Remove ${alias.name}?`}
      about="Whoever asks for this name is told that there is none. The models behind it stay."
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

/** A name, who answers for it, and in which order. */
export function AliasRow({ alias, names, mayChange }: AliasRowProps) {
  const [open, setOpen] = useState<'change' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const weighted = alias.strategy === 'weighted'
  return (
    <li className="flex items-start gap-3 border-b py-4 last:border-b-0" data-alias={alias.name}>
      <Waypoints size={20} aria-hidden className="mt-0.5 shrink-0 text-quiet max-sm:hidden" />
      <div className="min-w-0 grow">
        <h2 className="font-medium break-words">{alias.name}</h2>
        <p className="text-xs text-quiet">
          {[strategyTold(alias.strategy), ...aliasFacts(alias)].join(' ')}
        </p>
        <ol className="mt-2 flex flex-col gap-1">
          {alias.targets.map((target, at) => (
            <li key={target.deployment_id} className="flex gap-3 text-sm">
              <span className="w-4 shrink-0 text-quiet nums">{at + 1}</span>
              <span className="min-w-0 break-words">
                {names.get(target.deployment_id) ?? 'a model that is gone'}
              </span>
              {weighted ? (
                <span className="shrink-0 text-quiet nums">weight {target.weight}</span>
              ) : null}
            </li>
          ))}
        </ol>
      </div>
      {mayChange ? (
        <Menu
          trigger={
            <IconButton label={`More for ${alias.name}`} size="icon-sm">
              <Ellipsis size={16} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem icon={<Settings2 aria-hidden />} onSelect={() => setOpen('change')}>
            Change…
          </MenuItem>
          <MenuLine />
          <MenuItem bad icon={<Trash2 aria-hidden />} onSelect={() => setOpen('remove')}>
            Remove…
          </MenuItem>
        </Menu>
      ) : null}
      {open === 'change' ? <AliasDialog alias={alias} names={names} onDone={close} /> : null}
      {open === 'remove' ? <RemoveDialog alias={alias} onDone={close} /> : null}
    </li>
  )
}
