'use client'

import { useWhomToAsk } from './whom'

/** What a viewer may do, and who makes them more than that. */
export function ViewerNote() {
  const whom = useWhomToAsk()
  return (
    <p className="max-w-[72ch] text-sm text-quiet">
      You are a viewer here: you may read code, search it, and read shared conversations. To ask
      questions yourself, ask {whom} for the role “member”.
    </p>
  )
}
