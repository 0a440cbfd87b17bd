export interface LineRange {
  start: number
  end: number
}

export interface Place {
  repo: string
  at?: string | null
  path?: string
  lines?: LineRange | null
}

/** `L10-L20`, `L10-20` or `L10`; anything else is no range. */
export function parseLines(hash: string | null): LineRange | null {
  const found = /^L(\d+)(?:-L?(\d+))?$/.exec(hash ?? '')
  if (!found) return null
  const from = Number(found[1])
  const to = Number(found[2] ?? found[1])
  if (from < 1 || to < 1) return null
  return { start: Math.min(from, to), end: Math.max(from, to) }
}

/** How many lines a text has; the end of its last line begins no other. */
export function countLines(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

/** The lines as far as a text has them; null where it has none of them. */
export function fitLines(range: LineRange | null, text: string | null | undefined) {
  if (!range || text == null) return range
  const last = countLines(text)
  return range.start > last ? null : { start: range.start, end: Math.min(range.end, last) }
}

/** Where a symbolic link inside a repository leads; null where it leads out of it. */
export function targetOf(link: string, target: string): string | null {
  if (target.startsWith('/')) return null
  const steps = link.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '' || step === '.') continue
    if (step !== '..') steps.push(step)
    else if (steps.pop() === undefined) return null
  }
  return steps.join('/')
}

/** The part behind the `#`. */
export function formatLines({ start, end }: LineRange): string {
  return start === end ? `L${start}` : `L${start}-L${end}`
}

function placeParams({ repo, at, path }: Place): URLSearchParams {
  const params = new URLSearchParams({ repo })
  if (at) params.set('at', at)
  if (path) params.set('path', path)
  return params
}

/** The address of code: the same view for whoever opens it. */
export function codeLink(place: Place): string {
  const hash = place.lines ? `#${formatLines(place.lines)}` : ''
  return `/code/?${placeParams(place)}${hash}`
}

/** What a page shows beside its thing, as parameters of its own address. */
export function withPeek(params: URLSearchParams, place: Place): URLSearchParams {
  const next = withoutPeek(params)
  for (const [name, value] of placeParams(place)) next.set(name, value)
  if (place.lines) next.set('lines', formatLines(place.lines))
  return next
}

export function withoutPeek(params: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(params)
  for (const name of ['repo', 'at', 'path', 'lines']) next.delete(name)
  return next
}

/** What stands beside the thing, read back from the address. */
export function readPeek(params: URLSearchParams): Required<Place> | null {
  const repo = params.get('repo')
  const path = params.get('path')
  if (!repo || !path) return null
  return { repo, path, at: params.get('at'), lines: parseLines(params.get('lines')) }
}
