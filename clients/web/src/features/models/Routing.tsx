'use client'

import { models } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Plus, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/ui/button'
import { Empty, SkeletonRows } from '@/ui/empty'
import { ProblemPanel } from '@/ui/problem'
import { AliasDialog } from './AliasDialog'
import { AliasRow } from './AliasRow'
import { namesOf, targetable } from './aliases'
import { Explain } from './Explain'

/** Everything that routes are made of, once all of it is known. */
function useRoutes() {
  const aliases = useQuery(models.aliases())
  const deployments = useQuery(models.deployments())
  const providers = useQuery(models.providers())
  const known = aliases.data && deployments.data && providers.data
  return {
    routes: known
      ? {
          aliases: aliases.data,
          names: namesOf(targetable(deployments.data), providers.data),
        }
      : null,
    error: aliases.error ?? deployments.error ?? providers.error,
    again: () => void Promise.all([aliases.refetch(), deployments.refetch(), providers.refetch()]),
  }
}

const WITHOUT = {
  models:
    'An alias is a name for one or more models. Add models under Providers first; then they can be named here.',
  aliases:
    'An alias such as fast or code is a name for one or more models: where it leads can change without anybody who asks for it.',
}

interface RoutingProps {
  mayChange: boolean
  explained: string | null
  onExplain: (name: string) => void
}

/** Names for models, and which of them answers. */
export function Routing({ mayChange, explained, onExplain }: RoutingProps) {
  const { routes, error, again } = useRoutes()
  const [making, setMaking] = useState(false)
  if (error) return <ProblemPanel error={error} retry={again} />
  if (!routes) return <SkeletonRows rows={3} />
  const { aliases, names } = routes
  const asked = [...aliases.map(({ name }) => name), ...names.values()]
  const name = explained && asked.includes(explained) ? explained : asked[0]
  const make =
    mayChange && names.size > 0 ? (
      <Button tone="accent" onClick={() => setMaking(true)}>
        <Plus size={16} aria-hidden />
        New alias
      </Button>
    ) : null
  return (
    <div className="flex flex-col gap-4">
      {aliases.length > 0 ? (
        <div className="flex items-start justify-between gap-4 max-sm:flex-col">
          <p className="max-w-[72ch] text-sm text-quiet">
            Whoever asks for one of these names is answered by the models behind it.
          </p>
          {make}
        </div>
      ) : (
        <Empty icon={<Waypoints size={20} aria-hidden />} title="No aliases yet" act={make}>
          {WITHOUT[names.size > 0 ? 'aliases' : 'models']}
        </Empty>
      )}
      <ul>
        {aliases.map((alias) => (
          <AliasRow key={alias.id} alias={alias} names={names} mayChange={mayChange} />
        ))}
      </ul>
      {name ? <Explain asked={asked} name={name} onName={onExplain} /> : null}
      {making ? <AliasDialog alias={null} names={names} onDone={() => setMaking(false)} /> : null}
    </div>
  )
}
