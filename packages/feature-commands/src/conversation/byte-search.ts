/** How the beginning of a prefix may be spelt in JSON text. */
interface Spellings {
  /** Its first two characters. */
  readonly plain: Buffer
  /** The first, and an escape behind it. */
  readonly half: Buffer
  /** The second as a solidus that is escaped without need, or as a code. */
  readonly halfEscaped: readonly Buffer[]
  /** The end of the first one's code, in both cases: digits are rarer than the backslashes before them. */
  readonly codes: readonly Buffer[]
}

const known = new Map<string, Spellings>()

/** Prefixes whose spellings are kept; they come from people. */
const maxKnown = 100

/**
 * Whether a text with this prefix in it may stand in some bytes of JSON, however it is escaped. Quick, and says yes too often rather
 * than too seldom.
 */
export function mayContain(bytes: Buffer, prefix: string): boolean {
  const { plain, half, halfEscaped, codes } = spellingsOf(prefix)
  if (bytes.includes(plain) || codes.some((code) => bytes.includes(code))) return true
  return bytes.includes(half) && halfEscaped.some((spelling) => bytes.includes(spelling))
}

function spellingsOf(prefix: string): Spellings {
  const present = known.get(prefix)
  if (present !== undefined) return present
  if (known.size >= maxKnown) known.clear()
  const [first = '', second = ''] = prefix
  const code = `00${first.charCodeAt(0).toString(16).padStart(2, '0')}`
  const halfEscaped = [...(second === '/' ? [`${first}\\/`] : []), `${first}\\u00`]
  const spellings = {
    plain: Buffer.from(first + second),
    half: Buffer.from(`${first}\\`),
    halfEscaped: halfEscaped.map((text) => Buffer.from(text)),
    codes: [...new Set([code, code.toUpperCase()])].map((text) => Buffer.from(text)),
  }
  known.set(prefix, spellings)
  return spellings
}
