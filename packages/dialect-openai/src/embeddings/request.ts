import type {
  CallHead,
  EmbeddingsInput,
  EmbeddingsRequest,
  EncodedRequest,
  JsonObject,
  JsonValue,
} from '@jackfield/core'
import {
  at,
  extensionsOf,
  isArray,
  optionalNumber,
  optionalString,
  type Path,
  parseRequest,
  refuse,
  refuseType,
  withLeftover,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'

const known = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user'])

const inputPath: Path = { key: 'input' }

/** A request for embeddings of one text, several, or either as tokens. */
export function decodeEmbeddingsRequest(body: Uint8Array, head: CallHead): EmbeddingsRequest {
  const wire = parseRequest(body)
  const endUser = optionalString(wire, 'user')
  return {
    model: head.model ?? optionalString(wire, 'model') ?? '',
    ...decodeInput(wire['input']),
    ...decodeDimensions(wire),
    ...decodeEncoding(wire),
    ...(endUser === undefined ? {} : { endUser }),
    ...extensionsOf(wire, known, chatName),
  }
}

function decodeInput(input: JsonValue | undefined): Pick<EmbeddingsRequest, 'inputs' | 'single'> {
  if (typeof input === 'string') return { inputs: [input], single: true }
  if (!isArray(input)) return refuseType(inputPath, 'a string or an array', input)
  if (input.length === 0) return refuse(inputPath, 'must not be empty')
  if (typeof input[0] === 'number') return { inputs: [tokensOf(input, inputPath)], single: true }
  return { inputs: input.map((item, index) => itemOf(item, at(inputPath, index))), single: false }
}

function itemOf(item: JsonValue, path: Path): EmbeddingsInput {
  if (typeof item === 'string') return item
  if (!isArray(item)) return refuseType(path, 'a string or an array of tokens', item)
  return item.length > 0 ? tokensOf(item, path) : refuse(path, 'must not be empty')
}

function tokensOf(list: readonly JsonValue[], path: Path): readonly number[] {
  return list.map((token, index) => {
    if (typeof token !== 'number') return refuseType(at(path, index), 'a token', token)
    const isToken = Number.isSafeInteger(token) && token >= 0
    return isToken ? token : refuse(at(path, index), 'must be a whole number')
  })
}

function decodeDimensions(wire: JsonObject): Pick<EmbeddingsRequest, 'dimensions'> {
  const dimensions = optionalNumber(wire, 'dimensions')
  if (dimensions === undefined) return {}
  if (Number.isSafeInteger(dimensions) && dimensions > 0) return { dimensions }
  return refuse({ key: 'dimensions' }, 'must be a whole number, at least 1')
}

function decodeEncoding(wire: JsonObject): Pick<EmbeddingsRequest, 'encoding'> {
  const encoding = optionalString(wire, 'encoding_format')
  if (encoding === undefined) return {}
  if (encoding === 'float' || encoding === 'base64') return { encoding }
  return refuse({ key: 'encoding_format' }, 'must be "float" or "base64"')
}

/**
 * A request in OpenAI's words. The encoding is left to the provider, because compatible servers know only numbers and answers are
 * read in both.
 */
export function encodeEmbeddingsRequest(request: EmbeddingsRequest): EncodedRequest {
  const { model, inputs, single, dimensions, endUser, taskType, title } = request
  const [first] = inputs
  const wire = {
    model,
    input: single && first !== undefined ? first : inputs,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(endUser === undefined ? {} : { user: endUser }),
  }
  return {
    body: withLeftover(wire, request.extensions, chatName),
    dropped: [
      ...(taskType === undefined ? [] : ['task_type']),
      ...(title === undefined ? [] : ['title']),
    ],
  }
}
