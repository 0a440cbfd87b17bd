/** The sign of the product. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M20.5 10.5c-1-1.2-2.6-2-4.5-2-2.8 0-4.8 1.5-4.8 3.7 0 5.2 9.8 2.4 9.8 7.4 0 2.3-2.1 3.9-5 3.9-2.2 0-4-.9-5-2.4"
        className="fill-none stroke-accent-text"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  )
}
