import type { Finish, FinishReason, JsonValue } from '@jackfield/core'

/**
 * Why an answer ended, by a table of the protocol's words. Some providers say `stop` although the model called tools, and some say
 * nothing: a legal end without a word is a stop. A word that nobody knows is `other`, and kept.
 */
export function finishOfWord(
  word: JsonValue | undefined,
  reasons: Readonly<Record<string, FinishReason>>,
  hasToolCalls: boolean,
): Finish {
  const raw = typeof word === 'string' ? word : ''
  const known = Object.hasOwn(reasons, raw) ? reasons[raw] : undefined
  const reason = raw === '' ? 'stop' : (known ?? 'other')
  const seen = reason === 'stop' && hasToolCalls ? 'tool-calls' : reason
  return raw === '' ? { reason: seen } : { reason: seen, raw }
}
