import { createHash } from 'node:crypto'
import { field, type JsonObject, type Rule, requiredField } from '../strict/rule.ts'
import { anyText, either, integerIn, listOf, oneOf, text } from '../strict/shape.ts'
import { wordsOf } from './default-answer.ts'

const cites = 'OpenAI Chat, embeddings'

const tokenId = integerIn(0)
const tokens = listOf(tokenId, { min: 1 })
const many = { min: 1, max: 2048 }

/** Rules about an embeddings request. */
export const embeddingsRules = {
  'embeddings-model': requiredField('model', text(), cites),
  'embeddings-input': requiredField(
    'input',
    either(text(), listOf(text(), many), tokens, listOf(tokens, many)),
    cites,
  ),
  'embeddings-dimensions': field('dimensions', integerIn(1), cites),
  'embeddings-encoding-format': field('encoding_format', oneOf('float', 'base64'), cites),
  'embeddings-user': field('user', anyText, cites),
} as const satisfies Record<string, Rule>

/** The fields of an embeddings request. A provider refuses others. */
export const embeddingsParameters: readonly string[] = [
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
]

const defaultDimensions = 8

/** Answers an embeddings request that passed the rules: one vector per input, always the same for the same input. */
export function embeddingsAnswer(request: JsonObject): JsonObject {
  const inputs = inputsOf(request['input'])
  const dimensions = Number(request['dimensions'] ?? defaultDimensions)
  const promptTokens = inputs.reduce<number>((sum, input) => sum + tokenCount(input), 0)
  return {
    object: 'list',
    data: inputs.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: encoded(vectorOf(input, dimensions), request['encoding_format']),
    })),
    model: request['model'],
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  }
}

/** A single text, a single list of token ids, or a list of either. */
function inputsOf(input: unknown): readonly unknown[] {
  return Array.isArray(input) && typeof input[0] !== 'number' ? input : [input]
}

function tokenCount(input: unknown): number {
  return typeof input === 'string' ? wordsOf(input).length : [input].flat().length
}

/** The vector of an input: numbers that a 32-bit float holds exactly, so that both encodings say the same. */
export function vectorOf(input: unknown, dimensions: number): readonly number[] {
  const hash = createHash('sha256')
    .update(JSON.stringify(input ?? null))
    .digest()
  return Array.from({ length: dimensions }, (_, index) => {
    const byte = hash[index % hash.length] ?? 0
    return (byte - 128) / 128
  })
}

function encoded(vector: readonly number[], format: unknown): unknown {
  if (format !== 'base64') return vector
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
