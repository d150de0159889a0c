import type { CallHead, CallInput, ChatRequest, Dialect, Operation } from '@jackfield/core'
import { gemini } from '../../src/index.ts'
import { json } from './bytes.ts'

interface InputOptions {
  readonly operation?: Operation
  readonly dialect?: Dialect
  readonly path?: string
  readonly query?: string
  readonly method?: string
  readonly headers?: Record<string, string>
}

/** A call as a frontend would hand it over. */
export function input(body: unknown, options: InputOptions = {}): CallInput {
  const raw = body instanceof Uint8Array || body === undefined ? body : json(body)
  return {
    operation: options.operation ?? 'chat',
    dialect: options.dialect ?? gemini,
    method: options.method ?? 'POST',
    path: options.path ?? '/v1beta/models/gemini-3-pro:generateContent',
    query: options.query ?? '',
    headers: options.headers ?? { 'content-type': 'application/json' },
    ...(raw === undefined ? {} : { body: raw }),
    signal: new AbortController().signal,
  }
}

export const user = (...parts: readonly unknown[]) => ({ role: 'user', parts })

export const model = (...parts: readonly unknown[]) => ({ role: 'model', parts })

export const minimal = { contents: [user({ text: 'hi' })] }

export function headOf(body: unknown, options: InputOptions = {}): CallHead {
  return (options.dialect ?? gemini).head(input(body, options))
}

/** The canonical form of a wire request. */
export function decodeWire(body: unknown, options: InputOptions = {}): ChatRequest {
  return (options.dialect ?? gemini).chat.decodeRequest(json(body), headOf(body, options))
}

export const request: ChatRequest = {
  model: 'gemini-3-pro',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  includeUsage: true,
}
