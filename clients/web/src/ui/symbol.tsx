import { Box, Braces, Hash, type LucideIcon, SquareFunction, Tag, Variable } from 'lucide-react'

const SIGNS: Record<string, LucideIcon> = {
  class: Box,
  struct: Box,
  interface: Braces,
  trait: Braces,
  enum: Braces,
  type: Braces,
  function: SquareFunction,
  method: SquareFunction,
  constant: Tag,
  variable: Variable,
  heading: Hash,
  section: Hash,
}

/** What kind of symbol a name is. */
export function SymbolSign({ kind }: { kind: string }) {
  const Sign = SIGNS[kind] ?? SquareFunction
  return <Sign size={16} aria-hidden className="shrink-0 text-quiet" />
}
