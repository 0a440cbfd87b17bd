/** A text as it stands, in a place of its own that scrolls. */
export function TextBlock({ label, text }: { label: string; text: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-72 overflow-y-auto rounded-sm bg-wash p-3 font-mono text-sm wrap-anywhere whitespace-pre-wrap"
    >
      {text}
    </div>
  )
}
