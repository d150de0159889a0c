import type { Dialect, Framing } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini } from '@jackfield/dialect-gemini'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'
import type { JsonObject } from '@jackfield/testkit'
import type { DialectName } from '../compatibility/client.ts'

/** An error as a client's protocol spells it. */
export interface WireError {
  readonly type: string
  readonly message: string
  /** The field that it blames, where the protocol has a place for that. */
  readonly field?: string
}

/** How requests and errors of one protocol are written, by hand and not by a client library. */
export interface Wire {
  readonly dialect: Dialect
  /** Path and query of a generation. */
  path(model: string, stream?: boolean): string
  /** A good request for a word or two. */
  body(model: string, stream?: boolean): JsonObject
  /** The error in an envelope. Throws when it is none of this protocol. */
  readError(envelope: unknown): WireError
  /** What a bad request is called. */
  readonly badRequest: string
  /** Headers that a client of this protocol authenticates with. */
  credential(key: string): Readonly<Record<string, string>>
}

const streamed = (stream?: boolean): JsonObject => (stream ? { stream: true } : {})

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const chat: Wire = {
  dialect: openaiChat,
  path: () => '/v1/chat/completions',
  body: (model, stream) => ({
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    ...streamed(stream),
  }),
  readError: openaiErrorIn,
  badRequest: 'invalid_request_error',
  credential: bearer,
}

const responses: Wire = {
  dialect: openaiResponses,
  path: () => '/v1/responses',
  body: (model, stream) => ({ model, input: 'Hi', store: false, ...streamed(stream) }),
  readError: openaiErrorIn,
  badRequest: 'invalid_request_error',
  credential: bearer,
}

const anthropic: Wire = {
  dialect: anthropicMessages,
  path: () => '/v1/messages',
  body: (model, stream) => ({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
    ...streamed(stream),
  }),
  readError(envelope) {
    const { type, error } = envelope as { type?: unknown; error?: Record<string, unknown> }
    if (type !== 'error') throw new Error('this is no error of Anthropic')
    return { type: textIn(error, 'type'), message: textIn(error, 'message') }
  },
  badRequest: 'invalid_request_error',
  credential: (key) => ({ 'x-api-key': key }),
}

const google: Wire = {
  dialect: gemini,
  path: (model, stream) =>
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
  readError(envelope) {
    const { error } = envelope as { error?: Record<string, unknown> }
    if (typeof error?.['code'] !== 'number') throw new Error('this is no error of Google')
    const field = violatedField(error['details'])
    return {
      type: textIn(error, 'status'),
      message: textIn(error, 'message'),
      ...(field === undefined ? {} : { field }),
    }
  },
  badRequest: 'INVALID_ARGUMENT',
  credential: (key) => ({ 'x-goog-api-key': key }),
}

/** The four protocols. */
export const wires: Readonly<Record<DialectName, Wire>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini: google,
}

function openaiErrorIn(envelope: unknown): WireError {
  const { error } = envelope as { error?: Record<string, unknown> }
  const param = error?.['param']
  return {
    type: textIn(error, 'type'),
    message: textIn(error, 'message'),
    ...(typeof param === 'string' ? { field: param } : {}),
  }
}

function violatedField(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    if (detail['@type'] !== 'type.googleapis.com/google.rpc.BadRequest') continue
    return detail.fieldViolations?.[0]?.field
  }
  return undefined
}

function textIn(object: Record<string, unknown> | undefined, key: string): string {
  const text = object?.[key]
  if (typeof text === 'string') return text
  throw new Error(`the error has no ${key}: ${JSON.stringify(object)}`)
}

/** What is illegal in a stream, in the words of the dialect's own validator. */
export function violationsIn(
  dialect: Dialect,
  body: Uint8Array,
  framing: Framing = 'sse',
): readonly string[] {
  const validator = dialect.streamValidator(framing)
  validator.push(body)
  validator.end()
  return validator.violations
}
