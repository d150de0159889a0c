import { createHash, createHmac } from 'node:crypto'
import type { JsonObject } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'

/** What is wrong with a signature. */
export type SignatureFault = 'foreign' | 'altered' | 'misplaced'

/** Makes and checks the signatures that a Gemini model puts on its parts. */
export interface ThoughtSigner {
  /** The signature of a part; `before` is the text of its content that stands before it. */
  sign(part: JsonObject, before: string): string
  /** What is wrong with a signature that stands on this part, if anything. */
  faultOf(signature: string, part: JsonObject, before: string): SignatureFault | undefined
}

const lengths = { scope: 8, part: 8, seal: 32 }
const total = lengths.scope + lengths.part + lengths.seal

/**
 * Base64 of: which secret and scope signed, what was signed, and an HMAC over both. So a refusal can say whether a signature comes from
 * somewhere else, was changed, or stands on another part. A call is signed by name and arguments, not by its id, which clients add.
 */
export function createThoughtSigner(secret: string, scope: string): ThoughtSigner {
  const scopeTag = hash([secret, scope]).subarray(0, lengths.scope)
  const seal = (partTag: Uint8Array): Buffer =>
    createHmac('sha256', secret).update(scopeTag).update(partTag).digest()
  const tagOf = (part: JsonObject, before: string): Buffer =>
    hash(signedContent(part, before)).subarray(0, lengths.part)
  return {
    sign: (part, before) => {
      const tag = tagOf(part, before)
      return Buffer.concat([scopeTag, tag, seal(tag)]).toString('base64')
    },
    faultOf: (signature, part, before) => {
      const bytes = Buffer.from(signature, 'base64')
      if (bytes.length !== total) return 'foreign'
      const tag = bytes.subarray(lengths.scope, lengths.scope + lengths.part)
      if (!bytes.subarray(0, lengths.scope).equals(scopeTag)) return 'foreign'
      if (!bytes.subarray(-lengths.seal).equals(seal(tag))) return 'altered'
      return tag.equals(tagOf(part, before)) ? undefined : 'misplaced'
    },
  }
}

/** Text is signed with what stands before it, so that the empty part that ends a stream is bound to its answer. */
function signedContent(part: JsonObject, before: string): unknown {
  if (typeof part['text'] === 'string') return ['text', before, part['text']]
  const call = part['functionCall']
  if (isObject(call)) return ['functionCall', call['name'], call['args'] ?? {}]
  const { thought: _, thoughtSignature: __, ...data } = part
  return ['data', data]
}

function hash(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value, inOrder)).digest()
}

/** The order of members is no property of a JSON object. */
function inOrder(_: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
