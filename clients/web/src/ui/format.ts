const numbers = new Intl.NumberFormat('en')
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** 12,345 */
export function count(value: number): string {
  return numbers.format(value)
}

/** "1 file", "2 files" */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`
}

/** 48.2 kB */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = value
  let at = 0
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000
    at += 1
  }
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[at]}`
}

/** "40 s", "3 min" */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3600)} h`
}

/** "now", "5 min ago", "3 h ago", "12 Mar" */
export function ago(time: string, now: number = Date.now()): string {
  const then = new Date(time)
  const seconds = (now - then.getTime()) / 1000
  if (seconds < 45) return 'now'
  if (seconds < 86_400) return `${duration(seconds)} ago`
  if (seconds < 7 * 86_400) return many(Math.round(seconds / 86_400), 'day') + ' ago'
  return then.getFullYear() === new Date(now).getFullYear()
    ? day.format(then)
    : dayOfYear.format(then)
}

/** The full date and time, for a title. */
export function moment(time: string): string {
  return exact.format(new Date(time))
}

/** The first characters of a commit id, as people say them. */
export function short(commit: string): string {
  return commit.slice(0, 8)
}

/** `41` or `41–58` */
export function lines(start: number, end: number): string {
  return start === end ? String(start) : `${start}–${end}`
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
