'use client'

import { prompts, type Traffic } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useSession } from '@/session'
import { Button, IconButton } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Input } from '@/ui/field'
import { ProblemPanel } from '@/ui/problem'
import { Select } from '@/ui/select'
import { type Answerer, BUILT_IN, type ShareDraft, sharesMisfit, sharesOf } from './prompts'

interface SharesDialogProps {
  traffic: Traffic
  answerers: Answerer[]
  onDone: () => void
}

interface RowProps {
  draft: ShareDraft
  name: string
  single: boolean
  onShare: (share: string) => void
  onRemove: () => void
}

function Row({ draft, name, single, onShare, onRemove }: RowProps) {
  return (
    <li className="flex items-center gap-3 border-b py-2 last:border-b-0">
      <span className="min-w-0 grow text-sm break-words">{name}</span>
      <Input
        aria-label={`Share of ${name}, in percent`}
        inputMode="numeric"
        className="w-20 text-right nums"
        value={draft.share}
        onChange={(event) => onShare(event.target.value)}
      />
      <span aria-hidden className="text-sm text-quiet">
        %
      </span>
      <IconButton
        label={`${name} answers nothing`}
        size="icon-sm"
        disabled={single}
        onClick={onRemove}
      >
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  )
}

function useShares(traffic: Traffic, onDone: () => void) {
  const { workspace } = useSession()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (drafts: ShareDraft[]) =>
      prompts.share({
        workspace_id: workspace.id,
        version: traffic.version,
        arms: drafts.map(({ value, share }) => ({
          version_id: value === BUILT_IN ? null : value,
          share: Number(share),
        })),
      }),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['models', 'prompts'] }),
  })
}

/** Which versions answer how many of a hundred conversations. */
export function SharesDialog({ traffic, answerers, onDone }: SharesDialogProps) {
  const [before] = useState(traffic)
  const [drafts, setDrafts] = useState(() => sharesOf(traffic))
  const [asked, setAsked] = useState(false)
  const save = useShares(before, onDone)
  const misfit = asked ? sharesMisfit(drafts) : null
  const left = answerers.filter(({ value }) => !drafts.some((it) => it.value === value))
  const nameOf = (value: string) => answerers.find((it) => it.value === value)?.label ?? 'Gone'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!sharesMisfit(drafts)) save.mutate(drafts)
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onDone}
      title="Who answers"
      about="A conversation keeps its version as long as these versions answer. One version with 100 % ends a comparison."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ul aria-label="Versions and their shares">
          {drafts.map((draft, at) => (
            <Row
              key={draft.value}
              draft={draft}
              name={nameOf(draft.value)}
              single={drafts.length === 1}
              onShare={(share) =>
                setDrafts(drafts.map((it, place) => (place === at ? { ...it, share } : it)))
              }
              onRemove={() => setDrafts(drafts.filter((_, place) => place !== at))}
            />
          ))}
        </ul>
        {left.length > 0 ? (
          <Select
            key={drafts.length}
            label="Add a version"
            className="w-64 max-w-full"
            value=""
            onChange={(value) => (value ? setDrafts([...drafts, { value, share: '' }]) : null)}
            options={[{ value: '', label: 'Add a version…' }, ...left]}
          />
        ) : null}
        {misfit ? (
          <p role="alert" className="text-sm text-bad">
            {misfit}
          </p>
        ) : null}
        {save.error ? <ProblemPanel error={save.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" tone="accent" busy={save.isPending}>
            Let them answer
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
