const DAY_MS = 86_400_000

const iso = (ms: number): string => new Date(ms).toISOString()

/** The begin of the day (UTC) that lies `back` days before `now`. */
export function dayBegin(back = 0, now: number = Date.now()): string {
  return iso(now - (now % DAY_MS) - back * DAY_MS)
}

/** The begin of the month (UTC). */
export function monthBegin(now: number = Date.now()): string {
  const date = new Date(now)
  return iso(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
}

/** The last `days` days (UTC) until `now`, as `2026-01-31`, the oldest first. */
export function lastDays(days: number, now: number = Date.now()): string[] {
  return Array.from({ length: days }, (_, at) => dayBegin(days - 1 - at, now).slice(0, 10))
}

const monthDay = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** "31 Jan" or "Jan 31", as the language has it. */
export function dayName(day: string): string {
  return monthDay.format(new Date(`${day}T00:00:00Z`))
}
