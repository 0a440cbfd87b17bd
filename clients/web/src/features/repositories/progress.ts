'use client'

import type { CodeIndex, LiveProgress, Repository } from '@samoey/api'
import { create } from 'zustand'
import { useLiveMessages } from '@/session'

export interface Standing {
  stage: string
  done: number
  total: number
}

interface Seen extends Standing {
  since: number
  from: number
  at: number
}

interface Progresses {
  seen: Record<string, Seen>
}

/** How far long work is, as the server tells it while it happens. */
export const useProgress = create<Progresses>(() => ({ seen: {} }))

/** Remember where a stage began: the pace since then tells the time left. */
export function noteProgress(seen: Seen | undefined, news: Standing, now: number): Seen {
  const same = seen && seen.stage === news.stage && news.done >= seen.done
  const { stage, done, total } = news
  return same
    ? { ...seen, done, total, at: now }
    : { stage, done, total, since: now, from: done, at: now }
}

/** Seconds that are left at the pace so far; null while there is too little to tell. */
export function secondsLeft({ since, at, from, done, total }: Seen): number | null {
  const passed = (at - since) / 1000
  const pace = (done - from) / passed
  if (passed < 2 || !Number.isFinite(pace) || pace <= 0) return null
  return (total - done) / pace
}

/** Take in the progress that passes by. */
export function useProgressMessages(): void {
  useLiveMessages((message) => {
    if (message.type === 'progress') hear(message)
    if (message.type === 'event' && /^(repositories|knowledge)\./.test(message.name)) {
      forget(message.data.repository_id)
    }
  })
}

function hear(news: LiveProgress): void {
  const { repository_id: id } = news
  useProgress.setState(({ seen }) => ({
    seen: { ...seen, [id]: noteProgress(seen[id], news, Date.now()) },
  }))
}

function forget(repositoryId: unknown): void {
  useProgress.setState(({ seen }) => ({
    seen: Object.fromEntries(Object.entries(seen).filter(([id]) => id !== repositoryId)),
  }))
}

function fetchWork({ status, progress }: Repository, seen: Standing | undefined): Standing {
  if (seen?.stage === 'fetching') return seen
  return progress ?? { stage: status, done: 0, total: 0 }
}

function indexWork(index: CodeIndex, seen: Standing | undefined): Standing {
  const stored = { stage: 'indexing', done: index.files_done, total: index.files_total }
  return seen?.stage === 'indexing' && seen.done >= stored.done ? seen : stored
}

function vectorWork(index: CodeIndex, seen: Standing | undefined): Standing | null {
  const { vectors } = index
  if (!vectors || !['waiting', 'running'].includes(vectors.state) || vectors.paused) return null
  const stored = { stage: 'embedding', done: vectors.done, total: vectors.total }
  return seen?.stage === 'embedding' && seen.done >= stored.done ? seen : stored
}

/** The work that is under way for a repository, or null. */
export function workOf(
  repository: Repository,
  index: CodeIndex | undefined,
  seen: Standing | undefined,
): Standing | null {
  if (['waiting', 'fetching'].includes(repository.status)) return fetchWork(repository, seen)
  if (!index) return null
  const indexing = ['waiting', 'running'].includes(index.state)
  return indexing ? indexWork(index, seen) : vectorWork(index, seen)
}
