'use client'

import { knowledge } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { cn } from '@/ui/cn'
import { SkeletonRows } from '@/ui/empty'
import { Input } from '@/ui/field'
import { SideHead } from '@/ui/page'
import { ProblemPanel } from '@/ui/problem'
import { SymbolSign } from '@/ui/symbol'
import type { LineRange } from './links'

interface SymbolsProps {
  repo: string
  at: string | null
  path: string
  range: LineRange | null
  onPick: (range: LineRange) => void
  onClose: () => void
}

/** The symbols of a file, to jump to. */
export function Symbols({ repo, at, path, range, onPick, onClose }: SymbolsProps) {
  const outline = useQuery(knowledge.outline(repo, at, path))
  const [typed, setTyped] = useState('')
  const words = typed.toLowerCase()
  const shown = outline.data?.filter((one) => one.name.toLowerCase().includes(words)) ?? []
  return (
    <>
      <SideHead title="Symbols" onClose={onClose} />
      <div className="p-3">
        <Input
          type="search"
          aria-label="Filter symbols"
          placeholder="Filter…"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <div className="min-h-0 grow overflow-y-auto px-2 pb-6">
        {outline.isPending ? <SkeletonRows /> : null}
        {outline.error ? <ProblemPanel error={outline.error} /> : null}
        {outline.data && shown.length === 0 ? (
          <p className="px-2 text-sm text-quiet">
            {words ? 'No symbol holds these letters.' : 'No symbols were found in this file.'}
          </p>
        ) : null}
        <ul>
          {shown.map(({ name, kind, start, end }) => (
            <li key={`${start}:${name}`}>
              <button
                type="button"
                data-row
                onClick={() => onPick({ start, end })}
                className={cn(
                  'flex h-7 w-full items-center gap-2 rounded-sm px-2 text-left font-mono text-xs hover:bg-wash-strong',
                  range && range.start >= start && range.end <= end && 'bg-wash-strong',
                )}
              >
                <SymbolSign kind={kind} />
                <span className="truncate">{name}</span>
                <span className="ml-auto text-quiet nums">{start}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}
