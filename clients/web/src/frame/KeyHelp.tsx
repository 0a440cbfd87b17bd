'use client'

import { atLeast } from '@samoey/api'
import { useSession } from '@/session'
import { Dialog } from '@/ui/dialog'
import { Kbd } from '@/ui/kbd'
import { keysFor } from './keys'
import { usePalette } from './palette-store'

/** Every key, behind `?`. */
export function KeyHelp() {
  const { keys, hide } = usePalette()
  const { workspace } = useSession()
  return (
    <Dialog open={keys} onOpenChange={hide} title="Keys">
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2 text-sm">
        {keysFor(atLeast(workspace.role, 'member')).map(([pressed, does]) => (
          <div key={does} className="contents">
            <dt>{does}</dt>
            <dd className="justify-self-end">
              <Kbd keys={pressed} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
