'use client'

import { CopyButton } from './copy'
import { Input } from './field'

/** A secret that is told now and never again. */
export function ShownOnce({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-center gap-2">
      <Input
        readOnly
        aria-label={label}
        className="font-mono text-xs"
        value={text}
        onFocus={(event) => event.target.select()}
      />
      <CopyButton text={text} label="Copy" words />
    </div>
  )
}
