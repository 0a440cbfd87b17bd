import { cn } from './cn'

/** The first letters of a name: nothing is fetched from anywhere. */
export function Avatar({ name, small }: { name: string; small?: boolean }) {
  const letters = name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .filter((_, at, all) => at === 0 || at === all.length - 1)
    .join('')
    .toUpperCase()
  return (
    <span
      aria-hidden
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-full bg-accent-wash font-medium text-accent',
        small ? 'size-5 text-[10px]' : 'size-6 text-xs',
      )}
    >
      {letters}
    </span>
  )
}
