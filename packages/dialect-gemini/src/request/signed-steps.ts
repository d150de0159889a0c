import { placesOf } from './key-places.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const CLOSE_BRACE = 0x7d
const SPACE = 0x20

/**
 * Whether every step of a conversation seems to begin with a signed call, told by where the keys stand, in a tenth of the time that a walk
 * through the parts takes. `true` also where nothing is called. It may be wrong where a part between two calls has a signature of its own.
 */
export function seemsSigned(bytes: Buffer): boolean {
  const calls = placesOf(bytes, 'call')
  if (calls.length === 0) return true
  const responses = placesOf(bytes, 'response')
  const signatures = placesOf(bytes, 'signature').filter((at) => hasText(bytes, at))
  return calls.every((at, index) => {
    const before = calls[index - 1] ?? 0
    const isFirst = index === 0 || firstBehind(responses, before) < at
    return !isFirst || isSigned(bytes, { signatures, before, at, next: calls[index + 1] })
  })
}

interface CallPlace {
  readonly signatures: readonly number[]
  /** The keys of the calls before it and behind it. */
  readonly before: number
  readonly at: number
  readonly next: number | undefined
}

function isSigned(bytes: Buffer, { signatures, before, at, next }: CallPlace): boolean {
  const from = indexBehind(signatures, before)
  return signatures
    .slice(from, from + maxNear)
    .some((place) =>
      place < at ? leadsTo(bytes, place, at) : isBehind(bytes, place, next ?? bytes.length),
    )
}

function firstBehind(places: readonly number[], at: number): number {
  return places[indexBehind(places, at)] ?? Number.POSITIVE_INFINITY
}

/** Index of the first place behind an offset, by halves. */
function indexBehind(places: readonly number[], at: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** Signatures between two calls that are looked at. */
const maxNear = 4

/** Where the text behind a key begins, at its quote, or -1. */
function textStart(bytes: Buffer, at: number): number {
  const colon = skipSpace(bytes, at)
  const start = skipSpace(bytes, colon + 1)
  return bytes[colon] === COLON && bytes[start] === QUOTE ? start : -1
}

/** An empty signature is none. */
function hasText(bytes: Buffer, at: number): boolean {
  const start = textStart(bytes, at)
  return start !== -1 && bytes[start + 1] !== QUOTE
}

/** Whether the member behind a signature is the call. */
function leadsTo(bytes: Buffer, signature: number, call: number): boolean {
  const close = bytes.indexOf(QUOTE, textStart(bytes, signature) + 1)
  const comma = skipSpace(bytes, close + 1)
  const key = skipSpace(bytes, comma + 1)
  return bytes[comma] === COMMA && bytes.indexOf(QUOTE, key + 1) === call - 1
}

/** Whether a signature comes behind an object, as that of a call does, and before the next call. */
function isBehind(bytes: Buffer, signature: number, next: number): boolean {
  if (signature >= next) return false
  const key = bytes.lastIndexOf(QUOTE, signature - 2)
  const comma = skipSpaceBack(bytes, key - 1)
  return bytes[comma] === COMMA && bytes[skipSpaceBack(bytes, comma - 1)] === CLOSE_BRACE
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1
  return at
}

function skipSpaceBack(bytes: Buffer, from: number): number {
  let at = from
  while (at > 0 && (bytes[at] ?? 0) <= SPACE) at -= 1
  return at
}
