import type { CallHead, CallInput, ChatRequest, Dialect, Operation } from '@jackfield/core'
import { openaiChat } from '../../src/index.ts'
import { json } from './bytes.ts'

/** A call as a frontend would hand it over. */
export function input(
  body: unknown,
  options: {
    readonly operation?: Operation
    readonly dialect?: Dialect
    readonly headers?: Record<string, string>
  } = {},
): CallInput {
  const raw = body instanceof Uint8Array || body === undefined ? body : json(body)
  return {
    operation: options.operation ?? 'chat',
    dialect: options.dialect ?? openaiChat,
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: options.headers ?? { 'content-type': 'application/json' },
    ...(raw === undefined ? {} : { body: raw }),
    signal: new AbortController().signal,
  }
}

export const user = (content: unknown) => ({ role: 'user', content })

export const minimal = { model: 'm', messages: [user('hi')] }

export function headOf(body: unknown, dialect: Dialect = openaiChat): CallHead {
  return dialect.head(input(body, { dialect, ...operationOf(dialect) }))
}

function operationOf(dialect: Dialect): { readonly operation: Operation } {
  return { operation: dialect.operations.has('chat') ? 'chat' : 'completions' }
}

/** The canonical form of a wire request. */
export function decodeWire(body: unknown, dialect: Dialect = openaiChat): ChatRequest {
  return dialect.chat.decodeRequest(json(body), headOf(body, dialect))
}

export const request: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  includeUsage: false,
}
