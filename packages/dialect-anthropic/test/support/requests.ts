import type {
  CallHead,
  CallInput,
  ChatRequest,
  Dialect,
  EncodedRequest,
  JsonObject,
  Operation,
} from '@jackfield/core'
import { anthropicMessages } from '../../src/index.ts'
import { json } from './bytes.ts'

/** A call as a frontend would hand it over. */
export function input(
  body: unknown,
  options: {
    readonly operation?: Operation
    readonly path?: string
    readonly query?: string
    readonly headers?: Record<string, string>
  } = {},
): CallInput {
  const raw = body instanceof Uint8Array || body === undefined ? body : json(body)
  return {
    operation: options.operation ?? 'chat',
    dialect: anthropicMessages,
    method: 'POST',
    path: options.path ?? '/v1/messages',
    query: options.query ?? '',
    headers: options.headers ?? { 'content-type': 'application/json' },
    ...(raw === undefined ? {} : { body: raw }),
    signal: new AbortController().signal,
  }
}

export const user = (content: unknown) => ({ role: 'user', content })

export const assistant = (...content: readonly unknown[]) => ({ role: 'assistant', content })

export const minimal = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [user('hi')] }

export function headOf(body: unknown, operation: Operation = 'chat'): CallHead {
  return anthropicMessages.head(input(body, { operation }))
}

/** The canonical form of a wire request. */
export function decodeWire(body: unknown): ChatRequest {
  return anthropicMessages.chat.decodeRequest(json(body), headOf(body))
}

const request: ChatRequest = {
  model: 'claude-sonnet-4-5',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  includeUsage: true,
}

/** A wire request for a canonical one. */
export function encoded(
  members: Partial<ChatRequest>,
  dialect: Dialect = anthropicMessages,
): EncodedRequest {
  return dialect.chat.encodeRequest({ ...request, ...members })
}

/** A member of the body of that. */
export function member(
  members: Partial<ChatRequest>,
  name: string,
): JsonObject[string] | undefined {
  return encoded(members).body[name]
}
