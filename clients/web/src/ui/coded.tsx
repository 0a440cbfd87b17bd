/** A sentence in which `backticks` mark what one types. */
export function Coded({ text }: { text: string }) {
  const parts = text.split(/`([^`]+)`/)
  return parts.map((part, at) =>
    at % 2 ? (
      <code key={at} className="rounded-sm bg-wash-strong px-1 font-mono text-[0.92em]">
        {part}
      </code>
    ) : (
      part
    ),
  )
}
