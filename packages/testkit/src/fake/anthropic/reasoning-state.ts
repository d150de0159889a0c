import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '../strict/rule.ts'
import { type AnthropicAnswer, type AnthropicBlock, joined } from './anthropic-answer.ts'

/** How many bytes of a seal tell one thought from another; the rest of it is the signature itself. */
const nonceBytes = 12
const macBytes = 32

/**
 * Signs what the model thinks, and knows its own signatures again. A seal holds for one secret, one scope and, where the thinking can be
 * read, for exactly that text (Anthropic Messages 3.5).
 */
export interface ReasoningState {
  /** The answer with every thinking block signed that has no signature yet. */
  sign(answer: AnthropicAnswer, scope: string): AnthropicAnswer
  /** Whether a `thinking` or `redacted_thinking` block came from here, unaltered. */
  accepts(block: JsonObject, scope: string): boolean
}

/** Signs with a secret; equal secrets make equal signatures. */
export function reasoningState(secret: string): ReasoningState {
  const mac = (scope: string, ...content: readonly (string | Buffer)[]): Buffer => {
    const hash = createHmac('sha256', secret)
    // The lengths keep neighbouring parts apart.
    for (const part of [scope, ...content]) hash.update(`${Buffer.byteLength(part)}:`).update(part)
    return hash.digest()
  }
  const seal = (scope: string, text: string, hidden: Buffer): string =>
    Buffer.concat([mac(scope, text, hidden), hidden]).toString('base64')
  const signBlock = (block: AnthropicBlock, scope: string, position: string): AnthropicBlock => {
    if (block.type === 'thinking' && block.signature === undefined) {
      const text = joined(block.thinking)
      return { ...block, signature: seal(scope, `thinking:${text}`, nonceOf(position)) }
    }
    if (block.type === 'redacted_thinking' && block.data === undefined) {
      const hidden = Buffer.concat([nonceOf(position), Buffer.from(block.hidden ?? '')])
      return { ...block, data: seal(scope, 'redacted', hidden) }
    }
    return block
  }
  const opens = (sealed: unknown, scope: string, text: string): boolean => {
    const bytes = bytesOf(sealed)
    if (!bytes || bytes.length < macBytes + nonceBytes) return false
    const hidden = bytes.subarray(macBytes)
    return timingSafeEqual(bytes.subarray(0, macBytes), mac(scope, text, hidden))
  }
  return {
    sign: (answer, scope) => ({
      ...answer,
      blocks: answer.blocks.map((block, index) => signBlock(block, scope, `${answer.id}:${index}`)),
    }),
    accepts: (block, scope) =>
      block['type'] === 'thinking'
        ? opens(block['signature'], scope, `thinking:${block['thinking']}`)
        : opens(block['data'], scope, 'redacted'),
  }
}

function nonceOf(position: string): Buffer {
  return createHash('sha256').update(position).digest().subarray(0, nonceBytes)
}

/** The bytes of canonical base64: an altered character must not be overlooked by a lenient decoder. */
function bytesOf(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
