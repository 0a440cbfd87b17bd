import { cn } from './cn'
import { count, duration } from './format'

interface ProgressProps {
  /** What is being done, such as "Indexing". */
  label: string
  done: number
  total: number
  unit: string
  secondsLeft?: number | null
  className?: string
}

/** A bar with its counts: nobody has to guess whether it moves. */
export function Progress({ label, done, total, unit, secondsLeft, className }: ProgressProps) {
  const known = total > 0
  const part = known ? Math.min(1, done / total) : 0
  const left = secondsLeft != null && part < 1 ? `, about ${duration(secondsLeft)} left` : ''
  const words = known ? `${count(done)} of ${count(total)} ${unit}${left}` : 'counting…'
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <div className="flex justify-between gap-4 text-xs text-quiet nums">
        <span>{label}</span>
        <span>{words}</span>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={known ? total : undefined}
        aria-valuenow={known ? done : undefined}
        aria-valuetext={words}
        className="h-1 overflow-hidden rounded-full bg-wash-strong"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-150"
          style={{ width: `${part * 100}%` }}
        />
      </div>
    </div>
  )
}
