import { vectorOf } from '../openai/embeddings.ts'
import { field, type JsonObject, type Rule, requiredField } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  integerIn,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  shape,
  text,
} from '../strict/shape.ts'
import { turnOf } from './conversation.ts'
import { partRules } from './part-rules.ts'

const cites = 'Gemini, 4.9 Embeddings'
const defaultDimensions = 8

const content: Check = shape({ parts: listOf(anyObject, { min: 1 }) })

/** The name of a model as it stands in a body (Gemini, 4.9). */
export const modelName: Check = text({ pattern: /^models\/.+$/ })

/** Rules about one input to embed. */
export const embedRules = {
  'embed-model': field('model', modelName, cites),
  'embed-content': requiredField('content', content, cites),
  'embed-task-type': field(
    'taskType',
    oneOf(
      'RETRIEVAL_QUERY',
      'RETRIEVAL_DOCUMENT',
      'SEMANTIC_SIMILARITY',
      'CLASSIFICATION',
      'CLUSTERING',
      'QUESTION_ANSWERING',
      'FACT_VERIFICATION',
      'CODE_RETRIEVAL_QUERY',
    ),
    cites,
  ),
  'embed-title': field('title', anyText, cites),
  'embed-dimensions': field('outputDimensionality', integerIn(1), cites),
} as const satisfies Record<string, Rule>

/** Rules about a batch of inputs to embed. */
export const batchRules = {
  'batch-requests': requiredField('requests', listOf(anyObject, { min: 1, max: 100 }), cites),
  'batch-models': {
    cites,
    check: (body) =>
      firstProblem(itemsOf(body['requests']), (request, index) =>
        modelName(isObject(request) ? request['model'] : undefined, `requests[${index}].model`),
      ),
  },
  'batch-inputs': {
    cites,
    check: (body) =>
      firstProblem(itemsOf(body['requests']), (request, index) => {
        const rules: readonly Rule[] = Object.values({ ...embedRules, ...partRules })
        const input = isObject(request) ? request : {}
        const problem = firstProblem(rules, (rule) => rule.check(input))
        return problem && { ...problem, at: `requests[${index}].${problem.at}` }
      }),
  },
} as const satisfies Record<string, Rule>

/** Answers `embedContent`: always the same vector for the same text. */
export function embedAnswer(request: JsonObject): JsonObject {
  return { embedding: embeddingOf(request) }
}

/** Answers `batchEmbedContents`, in the order of the inputs. */
export function batchEmbedAnswer(request: JsonObject): JsonObject {
  const inputs = itemsOf(request['requests']).map((input) => (isObject(input) ? input : {}))
  return { embeddings: inputs.map(embeddingOf) }
}

function embeddingOf(request: JsonObject): JsonObject {
  const { parts } = turnOf(isObject(request['content']) ? request['content'] : {}, 'content')
  const only = parts.length === 1 ? parts[0]?.part['text'] : undefined
  const input = only ?? parts.map(({ part }) => part)
  const dimensions = Number(request['outputDimensionality'] ?? defaultDimensions)
  return { values: vectorOf(input, dimensions) }
}
