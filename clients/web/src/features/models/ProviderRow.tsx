'use client'

import { type Deployment, models, type Provider } from '@samoey/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, KeyRound, Plus, Power, Server, Settings2, Unplug } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { ConfirmByName } from '@/ui/dialog'
import { Menu, MenuItem, MenuLine } from '@/ui/menu'
import { ProblemPanel } from '@/ui/problem'
import { toast } from '@/ui/toast'
import { ChangeProvider } from './ChangeProvider'
import { DeploymentRow } from './DeploymentRow'
import { EVERY } from './deployments'
import { HERE, kindWords } from './known'
import { TrialOutcome, TryButton, useTrial } from './TryOut'

function DisconnectDialog({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const queries = useQueryClient()
  const disconnect = useMutation({
    mutationFn: () => models.disconnect(provider.id),
    onSuccess: () => {
      toast(`${provider.name} is disconnected`)
      onDone()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  return (
    <ConfirmByName
      open
      onOpenChange={onDone}
      title={`Disconnect ${provider.name}?`}
      about="Its key is thrown away and its models can be asked no longer. What was used of them stays in the figures."
      name={provider.name}
      act="Disconnect"
      busy={disconnect.isPending}
      problem={disconnect.error ? <ProblemPanel error={disconnect.error} /> : null}
      onConfirm={() => disconnect.mutate()}
    />
  )
}

function ProviderMenu({ provider }: { provider: Provider }) {
  const queries = useQueryClient()
  const [open, setOpen] = useState<'change' | 'disconnect' | null>(null)
  const close = () => setOpen(null)
  const flip = useMutation({
    mutationFn: () =>
      models.changeProvider(provider.id, {
        version: provider.version ?? 0,
        enabled: !provider.enabled,
      }),
    onError: (error) => toast(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['models'] }),
  })
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More for ${provider.name}`} size="icon-sm">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Settings2 aria-hidden />} onSelect={() => setOpen('change')}>
          Change…
        </MenuItem>
        <MenuItem icon={<Power aria-hidden />} onSelect={() => flip.mutate()}>
          {provider.enabled ? 'Switch off' : 'Switch on'}
        </MenuItem>
        <MenuLine />
        <MenuItem bad icon={<Unplug aria-hidden />} onSelect={() => setOpen('disconnect')}>
          Disconnect…
        </MenuItem>
      </Menu>
      {open === 'change' ? <ChangeProvider provider={provider} onDone={close} /> : null}
      {open === 'disconnect' ? <DisconnectDialog provider={provider} onDone={close} /> : null}
    </>
  )
}

function Facts({ provider }: { provider: Provider }) {
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-xs text-quiet">
      <span>{kindWords(provider.kind)}</span>
      {provider.source === 'environment' ? (
        <Chip title="It is changed where the server is started.">from the environment</Chip>
      ) : null}
      {provider.has_key ? (
        <Chip icon={<KeyRound aria-hidden />}>
          <span className="sr-only">key </span>
          {provider.key_hint}
        </Chip>
      ) : provider.kind === HERE.kind ? null : (
        <span>no key</span>
      )}
      {provider.enabled ? null : (
        <Chip tone="warn" icon={<Power aria-hidden />}>
          switched off
        </Chip>
      )}
    </p>
  )
}

interface ProviderRowProps {
  provider: Provider
  deployments: Deployment[]
  mayChange: boolean
  onAddModels: () => void
}

/** One provider: where it is, how it does, and which of its models can be asked. */
export function ProviderRow({ provider, deployments, mayChange, onAddModels }: ProviderRowProps) {
  const trial = useTrial(provider)
  const stored = provider.source === 'stored'
  return (
    <li className="border-b py-4 last:border-b-0" data-provider={provider.name}>
      <div className="flex items-start gap-3">
        <Server size={20} aria-hidden className="mt-0.5 shrink-0 text-quiet max-sm:hidden" />
        <div className="min-w-0 grow">
          <h2 className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{provider.name}</span>
            <span
              className="min-w-0 truncate font-mono text-xs text-quiet"
              title={provider.base_url}
            >
              {provider.base_url}
            </span>
          </h2>
          <Facts provider={provider} />
          <TrialOutcome trial={trial} />
          {stored ? null : (
            <p className="mt-2 text-sm text-quiet">Every model that it has can be asked.</p>
          )}
          {stored && deployments.length === 0 ? (
            <p className="mt-2 text-sm text-quiet">None of its models can be asked yet.</p>
          ) : null}
          {deployments.length > 0 ? (
            <ul aria-label={`Models of ${provider.name}`} className="mt-2">
              {deployments.map((one) => (
                <DeploymentRow
                  key={one.id}
                  deployment={one}
                  name={`${provider.name}/${one.model === EVERY ? 'every model' : one.model}`}
                  mayChange={mayChange}
                />
              ))}
            </ul>
          ) : null}
          {mayChange ? (
            <Button
              tone="quiet"
              size="sm"
              className="mt-1 -ml-2"
              onClick={onAddModels}
              aria-label={`Add models of ${provider.name}`}
            >
              <Plus size={16} aria-hidden />
              Add models
            </Button>
          ) : null}
        </div>
        {mayChange ? (
          <div className="flex shrink-0 items-center gap-1">
            <TryButton provider={provider} trial={trial} />
            {stored ? <ProviderMenu provider={provider} /> : null}
          </div>
        ) : null}
      </div>
    </li>
  )
}
