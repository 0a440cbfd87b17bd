'use client'

import { knowledge, type Message, models, repositories } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'
import { Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { AddRepositoryLine } from '@/features/repositories'
import { useSession } from '@/session'
import { Link } from '@/ui/link'

function NoteLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="text-accent underline underline-offset-2">
      {children}
    </Link>
  )
}

/** What a workspace without readable code needs first; nothing where there is code by now. */
function CodeFirst() {
  const { workspace } = useSession()
  const list = useQuery(repositories.list(workspace.id)).data
  const indexes = useQuery(knowledge.indexes(workspace.id)).data
  if (list?.length === 0) return <AddRepositoryLine />
  if (!list || !indexes || indexes.some((index) => index.snapshot_commit)) return null
  return <NoteLink href="/repositories/">See how far the repositories are</NoteLink>
}

function ConnectModel() {
  const list = useQuery(models.list()).data
  if (list?.some((model) => model.connected && model.id !== 'extractive')) return null
  return <NoteLink href="/models/">Connect a model</NoteLink>
}

/** Nothing was laid out: there was no code, or nothing in it fits. */
function isBare({ citations, outline }: Message): boolean {
  return citations.length === 0 && outline.length === 0
}

/** What a reader should know about how an answer was made, and what would make it better. */
export function Notes({ message }: { message: Message }) {
  const extractive = message.model === 'extractive'
  if (message.notes.length === 0 && !extractive) return null
  return (
    <ul className="mt-4 flex max-w-[72ch] flex-col gap-1">
      {message.notes.map((note) => (
        <li key={note} className="flex gap-2 text-sm text-quiet">
          <Info size={16} aria-hidden className="mt-0.5 shrink-0 text-info" />
          <span>{note}</span>
        </li>
      ))}
      {extractive ? (
        <li className="text-sm">{isBare(message) ? <CodeFirst /> : <ConnectModel />}</li>
      ) : null}
    </ul>
  )
}
