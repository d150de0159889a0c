import {
  type ChatResponse,
  Collector,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StartPart,
} from '@jackfield/core'
import { asExtensions, decodeText, parseJson } from '@jackfield/dialect-kit'
import { camelObject } from '../camel-case.ts'
import { answerError } from '../errors/decode-error.ts'
import { geminiName } from '../names.ts'
import type { Variant } from '../options.ts'
import { AnswerReader, leftoverOfChunk, secondsOf } from './answer-reader.ts'

/**
 * A whole answer: read like a stream of one chunk, so that both ways always tell the same. A stream's array is read as one too.
 *
 * @throws GatewayError what the body says, if it is an error in a 200; `upstream_invalid_response` if it is no answer.
 */
export function decodeAnswer(body: Uint8Array, variant: Variant): ChatResponse {
  const chunks = chunksIn(parseJson(decodeText(body)))
  const [first] = chunks
  if (first === undefined) throw unreadable('The provider’s answer is not a JSON object.')
  const reader = new AnswerReader(first)
  const collector = new Collector()
  collector.push([startOf(first)])
  for (const chunk of chunks) {
    const failure = answerError(chunk, variant.errorCodes)
    if (failure !== undefined) throw failure
    reader.read(chunk)
    collector.push(reader.take())
  }
  if (!reader.touched && !reader.finished && first['usageMetadata'] === undefined) {
    throw unreadable('The provider’s answer has no `candidates`.')
  }
  const finish = reader.end()
  collector.push([...reader.take(), { type: 'finish', ...finish }])
  const { response } = collector
  if (response === undefined) throw unreadable('The provider’s answer has no end.')
  return withLeftovers(response, chunks.at(-1) ?? first, reader.leftover)
}

function chunksIn(value: JsonValue | undefined): readonly JsonObject[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter(isJsonObject).map((chunk) => camelObject(chunk))
}

function unreadable(message: string): GatewayError {
  return new GatewayError('upstream_invalid_response', message)
}

/** The first part of an answer, from its first chunk. */
export function startOf(chunk: JsonObject): StartPart {
  const { responseId: id, modelVersion: model } = chunk
  const created = secondsOf(chunk['createTime'])
  return {
    type: 'start',
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    ...(created === undefined ? {} : { created }),
    ...asExtensions(leftoverOfChunk(chunk), geminiName),
  }
}

function withLeftovers(
  { extensions: _, ...response }: ChatResponse,
  last: JsonObject,
  candidate: JsonObject | undefined,
): ChatResponse {
  const top = leftoverOfChunk(last)
  const left = candidate === undefined ? top : { ...top, candidates: [candidate] }
  return { ...response, ...asExtensions(left, geminiName) }
}
