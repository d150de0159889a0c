import { readdirSync, readFileSync } from 'node:fs'
import {
  type CallHead,
  type CallInput,
  type ChatRequest,
  type ChatResponse,
  Collector,
  type Dialect,
  type EncodeContext,
  type JsonObject,
  type JsonValue,
  type StreamPart,
} from '@jackfield/core'
import { openaiResponses } from '../../../src/index.ts'
import { json, pieces, textOf } from '../../support/bytes.ts'
import type { Recording } from '../../support/recordings.ts'

const folder = new URL('../fixtures/', import.meta.url)

export const recordings: readonly Recording[] = readdirSync(folder).map((file) => ({
  ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
  file,
}))

export const streams = recordings.filter(({ stream, status }) => stream && status === 200)
export const answers = recordings.filter(({ stream, status }) => !stream && status === 200)
export const failures = recordings.filter(({ status }) => status >= 400)

export function recording(start: string): Recording {
  const found = recordings.find(({ file }) => file.startsWith(start))
  if (found === undefined) throw new Error(`no recording ${start}`)
  return found
}

/** A call as a frontend would hand it over. */
export function input(body: unknown, options: Partial<CallInput> = {}): CallInput {
  const raw = body instanceof Uint8Array || body === undefined ? body : json(body)
  return {
    operation: 'chat',
    dialect: openaiResponses,
    method: 'POST',
    path: '/v1/responses',
    query: '',
    headers: { 'content-type': 'application/json' },
    ...(raw === undefined ? {} : { body: raw }),
    signal: new AbortController().signal,
    ...options,
  }
}

export function headOf(body: unknown, options: Partial<CallInput> = {}): CallHead {
  return openaiResponses.head(input(body, options))
}

/** The canonical form of a wire request. */
export function decodeWire(body: unknown): ChatRequest {
  const bytes = json(body)
  return openaiResponses.chat.decodeRequest(bytes, headOf(bytes))
}

/** A canonical request in wire form. */
export function encodeWire(
  request: Partial<ChatRequest>,
  dialect: Dialect = openaiResponses,
): JsonObject {
  return dialect.chat.encodeRequest({ ...hello, ...request }).body
}

export const hello: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  includeUsage: true,
}

/** The input items of a canonical request in wire form. */
export function itemsOf(
  messages: ChatRequest['messages'],
  dialect: Dialect = openaiResponses,
): JsonValue {
  return encodeWire({ messages }, dialect)['input'] ?? null
}

/** The parts of a stream, cut where the offsets say. */
export function decode(stream: string | Uint8Array, cuts: readonly number[] = []): StreamPart[] {
  const decoder = openaiResponses.chat.streamDecoder('sse')
  const bytes = typeof stream === 'string' ? Buffer.from(stream) : stream
  return pieces(bytes, cuts)
    .flatMap((piece) => [...decoder.push(piece)])
    .concat(decoder.end())
}

/** Events with names and numbers. */
export function events(...list: readonly JsonObject[]): string {
  return list
    .map((event, index) => ({ sequence_number: index, ...event }))
    .map(
      (event) =>
        `event: ${String((event as JsonObject)['type'])}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    .join('')
}

export function collect(parts: readonly StreamPart[]): ChatResponse {
  const collector = new Collector()
  collector.push(parts)
  if (collector.response === undefined) throw new Error('the stream has no end')
  return collector.response
}

export const context: EncodeContext = {
  model: 'asked-model',
  id: 'call_1',
  created: 1700000000,
  framing: 'sse',
  includeUsage: true,
}

/** A context that answers for the client's request. */
export function contextOf(body: JsonObject, rest: Partial<EncodeContext> = {}): EncodeContext {
  return { ...context, field: (name) => body[name], ...rest }
}

export function encodeParts(
  parts: readonly StreamPart[],
  inContext: EncodeContext = context,
): string {
  return textOf(openaiResponses.chat.streamEncoder(inContext).push(parts))
}

/** The events of a stream. */
export function parsed(stream: string): JsonObject[] {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}

export function typesOf(stream: string): string[] {
  return parsed(stream).map(({ type }) => String(type))
}

/** The response object of the last event. */
export function lastResponse(stream: string): JsonObject {
  return parsed(stream).at(-1)?.['response'] as JsonObject
}

export function violationsOf(stream: string | Uint8Array): readonly string[] {
  const validator = openaiResponses.streamValidator('sse')
  validator.push(typeof stream === 'string' ? Buffer.from(stream) : stream)
  validator.end()
  return validator.violations
}
