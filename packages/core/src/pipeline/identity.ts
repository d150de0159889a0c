import { createHash } from 'node:crypto'
import { type Headers, headerValue } from '../body.ts'
import type { CallHead, CallInput, Principal } from '../call.ts'
import type { ConversationSpans, Dialect } from '../dialect.ts'
import { isJsonObject, type JsonValue } from '../json-value.ts'

/** What identity is computed from. */
export interface IdentitySource {
  readonly input: CallInput
  readonly head: CallHead
  readonly principal: Principal
  readonly body: Uint8Array | undefined
  readonly field: (name: string) => JsonValue | undefined
}

/** Characters of a `user_id` beyond which nobody looks for a session in it. */
const maxUserId = 1_024

/** Headers that name a session: ours first, then those that known agents send. */
const sessionHeaders = [
  'x-jackfield-session',
  'x-session-id',
  'session_id',
  'x-claude-code-session-id',
  'conversation_id',
] as const

/**
 * The session that holds command state: a session header, an agent's own field, else the opening of the conversation, always together
 * with the caller's credential, and for the opening also with the client's address. Never `user` alone.
 */
export function sessionOf(source: IdentitySource): string {
  const named = namedSession(source.input.headers) ?? agentSession(userIdOf(source.field))
  if (named !== undefined) return digest(['session', source.principal.id, named])
  const address = source.input.clientAddress ?? ''
  return digest(['opening', source.principal.id, address, ...opening(source)])
}

/**
 * The key that keeps a conversation on a target whose prompt cache is warm. More is good enough here than for a
 * session: the fields with which clients hint at shared prefixes count too.
 */
export function affinityKeyOf(source: IdentitySource): string {
  const named = namedSession(source.input.headers) ?? hintedPrefix(source.field)
  if (named !== undefined) return digest(['affinity', source.principal.id, named])
  return digest(['affinity', source.principal.id, ...opening(source)])
}

function namedSession(headers: Headers): string | undefined {
  for (const name of sessionHeaders) {
    const value = headerValue(headers, name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

function hintedPrefix(field: IdentitySource['field']): string | undefined {
  const hints = [field('prompt_cache_key'), userIdOf(field), field('user')]
  return hints.find((hint) => typeof hint === 'string' && hint !== '') as string | undefined
}

function userIdOf(field: IdentitySource['field']): JsonValue | undefined {
  const metadata = field('metadata')
  return isJsonObject(metadata) ? metadata['user_id'] : undefined
}

/**
 * The session inside `metadata.user_id` of Claude Code, which sends it where other clients name a user:
 * `user_…_account_…_session_…`, or a JSON text with a `session_id`.
 */
function agentSession(userId: JsonValue | undefined): string | undefined {
  if (typeof userId !== 'string' || userId.length > maxUserId) return undefined
  const mark = userId.lastIndexOf('_session_')
  if (mark >= 0) return userId.slice(mark + '_session_'.length) || undefined
  return userId.startsWith('{') ? sessionIdIn(userId) : undefined
}

function sessionIdIn(json: string): string | undefined {
  try {
    const value: JsonValue = JSON.parse(json)
    const id = isJsonObject(value) ? value['session_id'] : undefined
    return typeof id === 'string' && id !== '' ? id : undefined
  } catch {
    return undefined
  }
}

/** Raw bytes of the system prompt and the first user message: they stay the same while a conversation grows. */
function opening({ input, head, body }: IdentitySource): (string | Uint8Array)[] {
  if (body === undefined || head.document === undefined) return [head.model ?? '']
  const spans = spansOf(input.dialect, body, head)
  if (spans === undefined) return [head.model ?? '']
  const first = spans.messages.find((message) => message.role === 'user')
  return [spans.system, first].map((span) =>
    span === undefined ? '' : body.subarray(span.start, span.end),
  )
}

/** A conversation of an unknown shape has no opening; whether it is legal is for the provider to say. */
function spansOf(
  dialect: Dialect,
  body: Uint8Array,
  head: CallHead,
): ConversationSpans | undefined {
  try {
    return dialect.spans(body, head, { through: 'user' })
  } catch {
    return undefined
  }
}

function digest(pieces: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) {
    hash.update(`${piece.length}:`)
    hash.update(piece)
  }
  return hash.digest('base64url').slice(0, 22)
}
