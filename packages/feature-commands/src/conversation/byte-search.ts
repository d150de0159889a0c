/** How a prefix may be spelt in JSON text. */
interface Spellings {
  readonly plain: Buffer
  /** Its first character, and an escape behind it. */
  readonly half: Buffer
  /** Its second character as a solidus that is escaped without need, or as a code. */
  readonly halfEscaped: readonly Buffer[]
  /** The end of its first character's code: digits are rarer than the backslashes before them. */
  readonly code: Buffer
}

const known = new Map<string, Spellings>()

/** Prefixes whose spellings are kept; they come from people. */
const maxKnown = 100

/**
 * Whether a text with this prefix in it may stand in some bytes of JSON, however it is escaped. Quick, and says yes too often rather
 * than too seldom.
 */
export function mayContain(bytes: Buffer, prefix: string): boolean {
  const { plain, half, halfEscaped, code } = spellingsOf(prefix)
  if (bytes.includes(plain) || bytes.includes(code)) return true
  return bytes.includes(half) && halfEscaped.some((spelling) => bytes.includes(spelling))
}

function spellingsOf(prefix: string): Spellings {
  const present = known.get(prefix)
  if (present !== undefined) return present
  if (known.size >= maxKnown) known.clear()
  const [first = '', second = ''] = prefix
  const spellings = {
    plain: Buffer.from(JSON.stringify(prefix).slice(1, -1)),
    half: Buffer.from(`${first}\\`),
    halfEscaped: [...(second === '/' ? [`${first}\\/`] : []), `${first}\\u00`].map((text) =>
      Buffer.from(text),
    ),
    code: Buffer.from(`00${first.charCodeAt(0).toString(16).padStart(2, '0')}`),
  }
  known.set(prefix, spellings)
  return spellings
}
