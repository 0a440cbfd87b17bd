'use client'

import { Dialog } from '@/ui/dialog'
import { Kbd } from '@/ui/kbd'
import { KEYS } from './keys'
import { usePalette } from './palette-store'

/** Every key, behind `?`. */
export function KeyHelp() {
  const { keys, hide } = usePalette()
  return (
    <Dialog open={keys} onOpenChange={hide} title="Keys">
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2 text-sm">
        {KEYS.map(([pressed, does]) => (
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
