const MICRO = 1_000_000

/** Dollars as typed, in millionths; null when nothing is typed, NaN for what is no amount. */
export function toMicro(typed: string): number | null {
  const text = typed.trim().replace(/^\$/, '').replace(',', '.')
  if (text === '') return null
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * MICRO) : NaN
}

/** Millionths of a dollar as one types them. */
export function fromMicro(micro: number | null | undefined): string {
  return micro == null ? '' : String(micro / MICRO)
}

/** "$1,204.50", "$0.0031"; small amounts keep the digits that tell them from nothing. */
export function dollars(micro: number): string {
  const value = micro / MICRO
  if (value === 0) return '$0'
  const digits =
    value >= 0.1
      ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : { maximumSignificantDigits: 2 }
  return `$${new Intl.NumberFormat('en', digits).format(value)}`
}
