/** What a string or number in the configuration measures. */
export type Quantity = 'duration' | 'size'

const units = {
  duration: { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  size: { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
} as const

/** What a number without unit counts: seconds, bytes. */
const plainUnit = { duration: units.duration.s, size: units.size.B } as const

/** The forms that {@link readQuantity} takes, as JSON Schema patterns. */
export const quantityPatterns: Readonly<Record<Quantity, string>> = {
  duration: '^ *[0-9]+(\\.[0-9]+)? *(ms|s|m|h|d)? *$',
  size: '^ *[0-9]+(\\.[0-9]+)? *([Bb]|[KkMmGg][Ii]?[Bb])? *$',
}

/** What people are told to write. */
export const quantityForms: Readonly<Record<Quantity, string>> = {
  duration: 'a duration such as 500ms, 30s, 5m or 1h, or a number of seconds',
  size: 'a size such as 512KB or 32MB, or a number of bytes',
}

// Timers of Node take at most a signed 32-bit number of milliseconds; a longer one would fire at once.
const largest: Readonly<Record<Quantity, number>> = {
  duration: 2 ** 31 - 1,
  size: 2 ** 40,
}

/** Milliseconds or bytes, whole; `undefined` if the value is no such quantity, negative, or out of all reason. */
export function readQuantity(quantity: Quantity, value: string | number): number | undefined {
  const amount = typeof value === 'number' ? value * plainUnit[quantity] : readText(quantity, value)
  if (amount === undefined || !(amount >= 0 && amount <= largest[quantity])) return undefined
  return amount > 0 ? Math.max(1, Math.round(amount)) : 0 // 0 means "off": what is small must not become it
}

function readText(quantity: Quantity, text: string): number | undefined {
  if (text.length > 40 || !new RegExp(quantityPatterns[quantity]).test(text)) return undefined
  const number = Number.parseFloat(text)
  const unit = text.replaceAll(/[0-9. ]/g, '').toLowerCase()
  if (unit === '') return number * plainUnit[quantity]
  const known = Object.entries(units[quantity]).find(([name]) => name.toLowerCase() === unit)
  return known === undefined ? undefined : number * known[1]
}
