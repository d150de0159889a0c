import { isLetter } from '../text/characters.ts'

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

/** Places that are looked at more closely; where there are more, a command may stand among them. */
const maxPlaces = 64

/**
 * Whether a command with this prefix may stand in some bytes of JSON, however it is escaped. Quick, and says yes too often rather than too
 * seldom: a prefix counts where white space, a tag or nothing stands before it and the beginning of a name behind it.
 */
export function mayContain(bytes: Buffer, prefix: string): boolean {
  const { plain, half, halfEscaped, codes } = spellingsOf(prefix)
  const isWhole = prefix.length === plain.length
  if (hasPlace(bytes, plain, (at) => isPlausible(bytes, at, isWhole))) return true
  if (codes.some((code) => hasPlace(bytes, code, (at) => isEscape(bytes, at - 2)))) return true
  return bytes.includes(half) && halfEscaped.some((spelling) => bytes.includes(spelling))
}

function hasPlace(bytes: Buffer, needle: Buffer, accepts: (at: number) => boolean): boolean {
  let at = bytes.indexOf(needle)
  for (let place = 0; at !== -1; place += 1) {
    if (place === maxPlaces || accepts(at)) return true
    at = bytes.indexOf(needle, at + 1)
  }
  return false
}

/** `isWhole`: the two bytes at `at` are all of a prefix. */
function isPlausible(bytes: Buffer, at: number, isWhole: boolean): boolean {
  const before = bytes[at - 1] ?? QUOTE
  const isFree =
    before === QUOTE || before === SPACE || before === GREATER || before >= FIRST_BEYOND_ASCII
  // Behind `\n` and `\u00a0`, and a first sign that is escaped without need.
  const isEscaped = before === BACKSLASH || bytes[at - 2] === BACKSLASH || isEscape(bytes, at - 6)
  if (!isFree && !isEscaped) return false
  const behind = bytes[at + 2] ?? 0
  return !isWhole || isLetter(behind) || behind === BACKSLASH
}

/** Whether `\u` stands at a place. */
function isEscape(bytes: Buffer, at: number): boolean {
  return bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U
}

const QUOTE = 0x22
const SPACE = 0x20
const GREATER = 0x3e
const BACKSLASH = 0x5c
const LETTER_U = 0x75
const FIRST_BEYOND_ASCII = 0x80

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
