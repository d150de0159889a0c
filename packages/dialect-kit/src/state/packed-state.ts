import { isJsonObject, type JsonValue, type OpaqueState, type StateOrigin } from '@jackfield/core'
import { parseJson } from '../json-text.ts'

/**
 * Twelve letters and digits: as the front of base64 text they stand for nine bytes of their own, so that the whole is valid base64
 * and survives whoever decodes and encodes it on the way.
 */
const prefix = 'jackfieldSt1'

const kinds: readonly OpaqueState['kind'][] = [
  'signature',
  'redacted-thinking',
  'thought-signature',
  'encrypted-content',
  'reasoning-details',
]

/**
 * State of a foreign protocol as one text that a field for opaque state can carry (Anthropic's `signature`, Responses'
 * `encrypted_content`, Gemini's `thoughtSignature`). Valid base64. It is packed, not protected: a client can read it, as it can
 * read what providers send; what it changes, the state's origin refuses.
 */
export function packStates(states: readonly OpaqueState[]): string {
  const packed = states.map(({ kind, data, id, origin }) => ({
    k: kind,
    d: data,
    ...(id === undefined ? {} : { i: id }),
    ...(origin === undefined ? {} : { o: [origin.dialect, origin.scope] }),
  }))
  return prefix + Buffer.from(JSON.stringify(packed)).toString('base64')
}

/** Whether a text claims to be packed state. */
export function isPacked(text: string): boolean {
  return text.startsWith(prefix)
}

/** The states that were packed; `undefined` for every other text, also for one that was cut. Never throws. */
export function unpackStates(text: string): readonly OpaqueState[] | undefined {
  if (!isPacked(text)) return undefined
  const packed = parseJson(Buffer.from(text.slice(prefix.length), 'base64').toString('utf8'))
  if (!Array.isArray(packed)) return undefined
  const states = packed.map(unpackState)
  return states.every((state) => state !== undefined) ? states : undefined
}

function unpackState(value: JsonValue): OpaqueState | undefined {
  if (!isJsonObject(value)) return undefined
  const { k, d, i, o } = value
  const kind = kinds.find((known) => known === k)
  if (kind === undefined || d === undefined) return undefined
  if (i !== undefined && typeof i !== 'string') return undefined
  const origin = unpackOrigin(o)
  if (o !== undefined && origin === undefined) return undefined
  return {
    kind,
    data: d,
    ...(i === undefined ? {} : { id: i }),
    ...(origin === undefined ? {} : { origin }),
  }
}

function unpackOrigin(value: JsonValue | undefined): StateOrigin | undefined {
  if (!Array.isArray(value)) return undefined
  const [dialect, scope] = value
  return typeof dialect === 'string' && typeof scope === 'string' ? { dialect, scope } : undefined
}
