import {
  type CallHead,
  type EmbeddingsRequest,
  type EmbeddingsResponse,
  type EncodeContext,
  type EncodedRequest,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type UnaryCodec,
} from '@jackfield/core'
import {
  at,
  decodeText,
  extensionsOf,
  isArray,
  optionalNumber,
  optionalString,
  type Path,
  parseJson,
  parseRequest,
  refuse,
  refuseType,
  requireObject,
  withLeftover,
} from '@jackfield/dialect-kit'
import { decodeUsage, encodeUsage } from './answer/usage.ts'
import { camelObject } from './camel-case.ts'
import { answerError } from './errors/decode-error.ts'
import { geminiName } from './names.ts'
import type { Variant } from './options.ts'
import { modelResource } from './request/call-path.ts'

/** Requests that one batch takes. */
const maxBatch = 100

/** Codec of `embedContent` and `batchEmbedContents`. Requests for providers are batches, also those of one text. */
export function createEmbeddings(
  variant: Variant,
): UnaryCodec<EmbeddingsRequest, EmbeddingsResponse> {
  return {
    decodeRequest,
    encodeRequest,
    decodeResponse: (body) => decodeResponse(body, variant),
    encodeResponse,
  }
}

/** What one text is embedded with. */
type Terms = Omit<EmbeddingsRequest, 'model' | 'inputs' | 'single'>

function decodeRequest(body: Uint8Array, head: CallHead): EmbeddingsRequest {
  const wire = camelObject(parseRequest(body))
  const model = head.model ?? ''
  const { requests } = wire
  if (requests === undefined) {
    return { model, inputs: [textOf(wire, undefined)], single: true, ...termsOf(wire, undefined) }
  }
  const path = { key: 'requests' }
  if (!isArray(requests)) return refuseType(path, 'an array', requests)
  const items = requests.map((item, index) => requireObject(item, at(path, index)))
  const [first] = items
  if (first === undefined) return refuse(path, 'must not be empty')
  const terms = termsOf(first, at(path, 0))
  for (const [index, item] of items.entries()) {
    if (JSON.stringify(termsOf(item, at(path, index))) !== JSON.stringify(terms)) throw mixedTerms()
  }
  const inputs = items.map((item, index) => textOf(item, at(path, index)))
  return { model, inputs, single: false, ...terms }
}

const itemMembers = new Set(['model', 'content', 'taskType', 'title', 'outputDimensionality'])

function termsOf(wire: JsonObject, path: Path | undefined): Terms {
  const taskType = optionalString(wire, 'taskType', path)
  const title = optionalString(wire, 'title', path)
  const dimensions = optionalNumber(wire, 'outputDimensionality', path)
  return {
    ...(taskType === undefined ? {} : { taskType }),
    ...(title === undefined ? {} : { title }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...extensionsOf(wire, itemMembers, geminiName),
  }
}

/** The texts of a content make one vector together. */
function textOf(wire: JsonObject, path: Path | undefined): string {
  const place = at(path, 'content')
  const content = requireObject(wire['content'], place)
  const { parts } = content
  const list = isArray(parts) ? parts : [parts ?? {}]
  return list.map((part, index) => partText(part, at(at(place, 'parts'), index))).join('\n')
}

function partText(part: JsonValue, path: Path): string {
  const { text } = requireObject(part, path)
  if (typeof text === 'string') return text
  throw new GatewayError(
    'unsupported_capability',
    'Only texts can be embedded where the backend speaks another protocol.',
  )
}

function mixedTerms(): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    'Requests of one batch that differ in more than their texts work only where the backend speaks this protocol.',
    { param: 'requests' },
  )
}

function encodeRequest(request: EmbeddingsRequest): EncodedRequest {
  const { inputs, dimensions, taskType, title, endUser, extensions } = request
  if (inputs.length > maxBatch) throw tooMany()
  const requests = inputs.map((input) => {
    if (typeof input !== 'string') throw tokensRefused()
    const wire = {
      model: modelResource(request.model),
      content: { parts: [{ text: input }] },
      ...(taskType === undefined ? {} : { taskType }),
      ...(title === undefined ? {} : { title }),
      ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
    }
    return withLeftover(wire, extensions, geminiName)
  })
  return { body: { requests }, dropped: endUser === undefined ? [] : ['user'] }
}

function tooMany(): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    `This provider embeds at most ${maxBatch} texts at once. Send them in several calls.`,
  )
}

function tokensRefused(): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    'This provider embeds texts, not the tokens of another model. Send the texts.',
  )
}

function decodeResponse(body: Uint8Array, variant: Variant): EmbeddingsResponse {
  const value = parseJson(decodeText(body))
  const answer = isJsonObject(value) ? camelObject(value) : {}
  const failure = answerError(answer, variant.errorCodes)
  if (failure !== undefined) throw failure
  const { embedding, embeddings } = answer
  const list = Array.isArray(embeddings) ? embeddings : [embedding ?? null]
  const usage = decodeUsage(answer['usageMetadata'])
  return { vectors: list.map(vectorOf), ...(usage === undefined ? {} : { usage }) }
}

function vectorOf(value: JsonValue): readonly number[] {
  const values = isJsonObject(value) ? value['values'] : undefined
  if (isArray(values) && values.every((number) => typeof number === 'number')) return values
  throw new GatewayError('upstream_invalid_response', 'The provider’s answer has no embeddings.')
}

/** In the form of the request: a batch has a list of requests. */
function encodeResponse(response: EmbeddingsResponse, context: EncodeContext): Uint8Array {
  const vectors = response.vectors.map((values) => ({ values }))
  const isBatch = context.field?.('requests') !== undefined
  const [first = { values: [] }] = vectors
  const usage = response.usage === undefined ? {} : { usageMetadata: encodeUsage(response.usage) }
  const answer = isBatch ? { embeddings: vectors, ...usage } : { embedding: first, ...usage }
  return Buffer.from(JSON.stringify(answer))
}
