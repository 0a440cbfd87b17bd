'use client'

import { History } from 'lucide-react'
import { Button } from '@/ui/button'
import { Chip } from '@/ui/chip'
import { Link } from '@/ui/link'
import { type Asked, addressOf } from './asked'

interface RecentProps {
  searches: readonly Asked[]
  onForget: () => void
}

/** What one searched for last, to go back to. */
export function Recent({ searches, onForget }: RecentProps) {
  if (searches.length === 0) return null
  return (
    <section aria-labelledby="recent-searches">
      <div className="mb-1 flex items-center justify-between">
        <h2 id="recent-searches" className="text-sm font-medium">
          Your last searches
        </h2>
        <Button tone="quiet" size="sm" onClick={onForget}>
          Clear
        </Button>
      </div>
      <ul>
        {searches.map((one) => (
          <li key={addressOf(one)}>
            <Link
              data-row
              href={addressOf(one)}
              className="flex h-8 items-center gap-2 rounded-sm px-2 text-sm hover:bg-wash"
            >
              <History size={16} aria-hidden className="shrink-0 text-quiet" />
              <span className="truncate font-mono">{one.q}</span>
              {one.way === 'words' ? null : <Chip>{one.way === 'text' ? 'exact' : 'regex'}</Chip>}
              {one.path ? <Chip>{one.path}</Chip> : null}
              {one.language ? <Chip>{one.language}</Chip> : null}
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs text-quiet">Kept on this device only.</p>
    </section>
  )
}
