import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Headers, headerValue } from '../body.ts'
import type { CallHead, CallInput, Principal } from '../call.ts'
import type { ConversationSpans, Dialect } from '../dialect.ts'
import { isJsonObject, type JsonValue } from '../json-value.ts'

/** What tells conversations apart: two short texts that show nothing of what they are made of. */
export interface Identity {
  readonly session: string
  readonly affinityKey: string
}

/** What identity is computed from. */
export interface IdentitySource {
  readonly input: CallInput
  readonly head: CallHead
  readonly principal: Principal
  readonly body: Uint8Array | undefined
  readonly field: (name: string) => JsonValue | undefined
  /** What {@link openingOf} says of this source, computed once for both identities. */
  readonly opening: () => string
  /** Of the call that made the stored answer which this one continues. */
  readonly inherited: Identity | undefined
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
 * The session that holds command state: a session header, an agent's own field, else that of the answer that is continued, else the
 * opening of the conversation, always together with the caller's credential, and for the opening also with the client's address.
 * Never `user` alone.
 */
export function sessionOf(source: IdentitySource): string {
  const named = namedSession(source.input.headers) ?? agentSession(userIdOf(source.field))
  if (named !== undefined) return digest(['session', source.principal.id, named])
  if (source.inherited !== undefined) return source.inherited.session
  const address = source.input.clientAddress ?? ''
  return digest(['opening', source.principal.id, address, source.opening()])
}

/**
 * The key that keeps a conversation on a target whose prompt cache is warm. More is good enough here than for a
 * session: the fields with which clients hint at shared prefixes count too.
 */
export function affinityKeyOf(source: IdentitySource): string {
  const named = namedSession(source.input.headers) ?? hintedPrefix(source.field)
  if (named !== undefined) return digest(['affinity', source.principal.id, named])
  if (source.inherited !== undefined) return source.inherited.affinityKey
  return digest(['affinity', source.principal.id, source.opening()])
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

/** A short text that stands for the opening of a conversation. */
export function openingOf(source: Pick<IdentitySource, 'input' | 'head' | 'body'>): string {
  return digest(openingPieces(source))
}

/** Raw bytes of the system prompt and the first user message: they stay the same while a conversation grows. */
function openingPieces({
  input,
  head,
  body,
}: Pick<IdentitySource, 'input' | 'head' | 'body'>): (string | Uint8Array)[] {
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

/** Bytes of a piece that are looked at as they are, and of a longer one at either end. */
const maxWhole = 1_024
const maxEnd = 512

/** Room for the pieces of one identity, at most six: made once, because making buffers was most of what an identity cost. */
const scratch = Buffer.allocUnsafeSlow(16 * 1_024)

/**
 * A short text that stands for all pieces. Long ones are told apart by their length, both ends and a checksum of the whole: whoever
 * would make two of them alike would only mix up conversations of his own.
 */
function digest(pieces: readonly (string | Uint8Array)[]): string {
  let end = 0
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' && piece.length > maxEnd ? Buffer.from(piece) : piece
    end += scratch.write(`${bytes.length}:`, end, 'latin1')
    end += typeof bytes === 'string' ? scratch.write(bytes, end) : writePiece(bytes, end)
  }
  return hash('sha256', scratch.subarray(0, end), 'base64url').slice(0, 22)
}

function writePiece(piece: Uint8Array, at: number): number {
  if (piece.length <= maxWhole) {
    scratch.set(piece, at)
    return piece.length
  }
  scratch.set(piece.subarray(0, maxEnd), at)
  scratch.set(piece.subarray(piece.length - maxEnd), at + maxEnd)
  scratch.writeUInt32LE(crc32(piece), at + 2 * maxEnd)
  return 2 * maxEnd + 4
}
