'use client'

import { type Model, models, type Provider } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Plus, Unplug } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useWhomToAsk } from '@/features/workspaces'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { ProblemPanel } from '@/ui/problem'
import { AddCheckpoint } from './AddCheckpoint'
import { AddModels } from './AddModels'
import { ConnectDialog } from './ConnectDialog'
import { HERE } from './known'
import { ProviderRow } from './ProviderRow'

// The processes that answer learn of a change a moment after it was made.
const SEEN_AGAIN_MS = 3_000

/** Which model answers in conversations unless another one is chosen there. */
function Answering({ list }: { list: Model[] }) {
  const first = list.find((model) => model.is_default)
  if (!first) return null
  return (
    <p className="max-w-[72ch] text-sm text-quiet">
      In conversations <span className="font-medium text-text">{first.id}</span> answers, unless
      another model is chosen there. {first.connected ? '' : first.detail}
    </p>
  )
}

function Nobody({ act }: { act: ReactNode }) {
  const whom = useWhomToAsk()
  return (
    <Empty icon={<Unplug size={20} aria-hidden />} title="No provider is connected" act={act}>
      Search, code and conversations work without one: questions are answered with the best passages
      of your code. With a model, answers are written out.
      {act ? null : ` Ask ${whom} to connect one.`}
    </Empty>
  )
}

interface HeadProps {
  list: Model[]
  connect: ReactNode
}

function Head({ list, connect }: HeadProps) {
  return (
    <div className="flex items-start justify-between gap-4 max-sm:flex-col">
      <Answering list={list} />
      {connect}
    </div>
  )
}

/** What is connected, once all of it is known. */
function useConnected() {
  const providers = useQuery(models.providers())
  const deployments = useQuery(models.deployments())
  return {
    there: providers.data && deployments.data ? providers.data : null,
    of: (provider: Provider) =>
      (deployments.data ?? []).filter((one) => one.provider_id === provider.id),
    error: providers.error ?? deployments.error,
    again: () => void Promise.all([providers.refetch(), deployments.refetch()]),
  }
}

/** Who runs the models: connecting, trying, and choosing what may be asked. */
export function Providers({ mayChange }: { mayChange: boolean }) {
  const { there, of, error, again } = useConnected()
  const list = useQuery({ ...models.list(), refetchInterval: SEEN_AGAIN_MS }).data ?? []
  const [connecting, setConnecting] = useState(false)
  const [adding, setAdding] = useState<Provider | null>(null)
  const connect = mayChange ? (
    <Button tone="accent" onClick={() => setConnecting(true)}>
      <Plus size={16} aria-hidden />
      Connect a provider
    </Button>
  ) : null
  const connected = (provider: Provider | null) => {
    setConnecting(false)
    setAdding(provider)
  }
  const Adding = adding?.kind === HERE.kind ? AddCheckpoint : AddModels
  if (error) return <ProblemPanel error={error} retry={again} />
  if (!there) return <SkeletonRows rows={4} />
  return (
    <div className="flex flex-col gap-4">
      {there.length > 0 ? <Head list={list} connect={connect} /> : <Nobody act={connect} />}
      <ul>
        {there.map((provider) => (
          <ProviderRow
            key={provider.id}
            provider={provider}
            deployments={of(provider)}
            mayChange={mayChange}
            onAddModels={() => setAdding(provider)}
          />
        ))}
      </ul>
      {connecting ? (
        <ConnectDialog taken={there.map(({ name }) => name)} onDone={connected} />
      ) : null}
      {adding ? (
        <Adding
          provider={adding}
          there={of(adding).map(({ model }) => model)}
          onDone={() => setAdding(null)}
        />
      ) : null}
    </div>
  )
}
