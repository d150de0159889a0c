import type { Finish, FinishReason, JsonValue } from '@jackfield/core'
import { finishOfWord } from '@jackfield/dialect-kit'

/** Words of candidates (protocol reference 4.5 and 5.7). */
export const finishWords: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  LANGUAGE: 'other',
  OTHER: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
  FINISH_REASON_UNSPECIFIED: 'other',
}

/** Words with which a prompt is refused. */
export const blockWords: ReadonlySet<string> = new Set([
  'SAFETY',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
  'JAILBREAK',
  'BLOCKED_REASON_UNSPECIFIED',
])

/** Why an answer ended. Functions are called with `STOP`. */
export function decodeFinish(word: JsonValue | undefined, hasToolCalls: boolean): Finish {
  return finishOfWord(word, finishWords, hasToolCalls)
}

/** A prompt that was refused: whatever the word, it is the filter's. */
export function blockedFinish(word: JsonValue | undefined): Finish {
  const raw = typeof word === 'string' && word !== '' ? { raw: word } : {}
  return { reason: 'content-filter', ...raw }
}

/** The word for clients: the provider's own, if it is one of this protocol. */
export function encodeFinish({ reason, raw }: Finish): string {
  const known = raw !== undefined && Object.hasOwn(finishWords, raw) ? finishWords[raw] : undefined
  const isOwn = known === reason || (known === 'stop' && reason === 'tool-calls')
  if (raw !== undefined && isOwn) return raw
  switch (reason) {
    case 'stop':
    case 'tool-calls':
    case 'pause':
      return 'STOP'
    case 'length':
      return 'MAX_TOKENS'
    case 'content-filter':
      return 'SAFETY'
    case 'error':
      return 'MALFORMED_RESPONSE'
    case 'other':
      return 'OTHER'
    default:
      return reason satisfies never
  }
}
