'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useEffectEvent } from 'react'
import { useSession } from '@/session'
import { CopyButton } from '@/ui/copy'
import { Kbd } from '@/ui/kbd'
import { type Asked, addressOf, readAsked } from './asked'
import { Facets } from './Facets'
import { useFoundByWords, useFoundExactly } from './Found'
import { useNothingToSearch } from './NothingToSearch'
import { QueryBox } from './QueryBox'
import { Recent } from './Recent'
import { useRecent } from './recent'
import { Ways } from './Ways'

// Who stays so long with what was found meant it, and was not only on the way to other words.
const MEANT_MS = 2500

/** Keep a search once one stays with it, or leaves it for what was found. */
function useRemembered(asked: Asked, remember: (asked: Asked) => void): () => void {
  const keep = useEffectEvent(() => {
    if (asked.q) remember(asked)
  })
  const address = addressOf(asked)
  useEffect(() => {
    const timer = setTimeout(() => keep(), MEANT_MS)
    return () => clearTimeout(timer)
  }, [address])
  return () => {
    if (asked.q) remember(asked)
  }
}

/** Search over all indexed code: `/search/?q=`. */
export function Search() {
  const router = useRouter()
  const asked = readAsked(useSearchParams())
  const { user, workspace } = useSession()
  const recent = useRecent(user.id)
  const left = useRemembered(asked, recent.remember)
  const nothing = useNothingToSearch(asked.repositoryId)
  const wanted = asked.q !== '' && !nothing
  const byWords = useFoundByWords(asked, workspace.id, wanted && asked.way === 'words')
  const exactly = useFoundExactly(asked, workspace.id, wanted && asked.way !== 'words')
  const found = asked.way === 'words' ? byWords : exactly
  const change = (part: Partial<Asked>) => {
    const next = addressOf({ ...asked, ...part })
    if (next !== addressOf(asked)) router.replace(next, { scroll: false })
  }

  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[960px] flex-col gap-4 px-4 py-6 sm:px-8">
        <h1 className="sr-only">Search</h1>
        <QueryBox
          value={asked.q}
          way={asked.way}
          refused={found.refused}
          onChange={(q) => change({ q })}
        />
        <div className="flex flex-wrap items-center gap-2">
          <Ways asked={asked} onChange={change} />
          <Facets value={asked} onChange={change} />
        </div>
        <div className="flex min-h-8 items-center justify-between gap-2">
          <p role="status" className="text-xs text-quiet nums">
            {found.counted}
          </p>
          {wanted ? <CopyButton text={() => location.href} label="Copy link" words quiet /> : null}
        </div>
        {nothing}
        {/* Whoever opens something found has meant the search. */}
        <div className="contents" onClickCapture={left}>
          {found.shown}
        </div>
        {wanted || nothing ? null : (
          <>
            <p className="text-sm text-quiet">
              Searches names and text of every indexed commit.{' '}
              <span className="max-md:hidden">
                <Kbd keys="j" /> and <Kbd keys="k" /> move through the results, <Kbd keys="Enter" />{' '}
                opens one.
              </span>
            </p>
            <Recent searches={recent.kept} onForget={recent.forget} />
          </>
        )}
      </div>
    </main>
  )
}
