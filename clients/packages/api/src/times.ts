/** Named stale times, so that a query says how fresh it must be. */
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
/** For what belongs to a commit: it never changes. */
export const FOREVER = Number.POSITIVE_INFINITY
