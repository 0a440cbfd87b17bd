'use client'

import { Comparison as Lines } from '@/ui/comparison'
import { Dialog } from '@/ui/dialog'
import type { Comparison } from './pairs'

interface CompareProps extends Comparison {
  path: string | null
  onClose: () => void
}

/** Code as it stands and as an answer writes it: side by side where there is room. */
export function Compare({ pairs, start, path, onClose }: CompareProps) {
  const about = start === null ? 'Before and after.' : 'The cited lines, and the answer’s version.'
  return (
    <Dialog open huge onOpenChange={onClose} title={path ?? 'Changes'} about={about}>
      <Lines pairs={pairs} start={start} />
    </Dialog>
  )
}
