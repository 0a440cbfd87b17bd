import type { Citation } from './chat'
import type { Piece } from './live-messages'

/** An answer as far as its pieces have come. */
export interface Stream {
  attempt: number
  text: string
  citations: Citation[]
  stage: string | null
  ended: boolean
  /** The index that is applied next; what came before its turn waits. */
  next: number
  early: ReadonlyMap<number, Piece>
}

function begin(attempt: number): Stream {
  return { attempt, text: '', citations: [], stage: null, ended: false, next: 0, early: new Map() }
}

function apply(stream: Stream, piece: Piece): Stream {
  const next = piece.index + 1
  switch (piece.kind) {
    case 'text':
      return { ...stream, next, text: stream.text + piece.text }
    case 'citation':
      return { ...stream, next, citations: [...stream.citations, piece.citation] }
    case 'status':
      return { ...stream, next, stage: piece.stage }
    case 'end':
      return { ...stream, next, ended: true }
  }
}

/** Add a piece: each index once and in order; a higher attempt starts over, a lower one is old. */
export function addPiece(held: Stream | undefined, piece: Piece): Stream {
  const fresh = !held || piece.attempt > held.attempt
  let stream = fresh ? begin(piece.attempt) : held
  if (piece.attempt < stream.attempt || piece.index < stream.next) return stream
  if (piece.index > stream.next) {
    return { ...stream, early: new Map(stream.early).set(piece.index, piece) }
  }
  stream = apply(stream, piece)
  for (let early = stream.early.get(stream.next); early; early = stream.early.get(stream.next)) {
    stream = apply(stream, early)
  }
  const early = new Map([...stream.early].filter(([index]) => index >= stream.next))
  return { ...stream, early }
}

/** Pieces are missing in between: ask for them again. */
export function hasGap(stream: Stream): boolean {
  return stream.early.size > 0
}
