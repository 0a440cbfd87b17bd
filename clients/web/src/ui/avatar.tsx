import { cn } from './cn'

/** The first letters of the first and the last word; a sign that is no letter only where all are. */
export function initials(name: string): string {
  const firsts = name.split(/\s+/).flatMap((word) => Array.from(word).slice(0, 1))
  const letters = firsts.filter((sign) => /[\p{L}\p{N}]/u.test(sign))
  const shown = letters.length > 0 ? letters : firsts.slice(0, 1)
  return shown
    .filter((_, at) => at === 0 || at === shown.length - 1)
    .join('')
    .toUpperCase()
}

/** The letters of a name: nothing is fetched from anywhere. */
export function Avatar({ name, small }: { name: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-full bg-accent-wash font-medium text-accent',
        small ? 'size-5 text-[10px]' : 'size-6 text-xs',
      )}
    >
      {initials(name)}
    </span>
  )
}
