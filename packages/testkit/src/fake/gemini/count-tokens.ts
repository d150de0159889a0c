import type { JsonObject, Rule } from '../strict/rule.ts'
import { isObject, isPresent, optionally, shape } from '../strict/shape.ts'
import { promptTokensOf } from './default-answer.ts'
import { modelName } from './embeddings.ts'

const cites = 'Gemini, 4.8 countTokens'

/** Rules about what is counted; the counted request itself is held to the rules of a generation. */
export const countRules = {
  'count-one-form': {
    cites,
    check: (body) => {
      const forms = ['contents', 'generateContentRequest'].filter((form) => isPresent(body[form]))
      const message = 'give either contents or generateContentRequest'
      return forms.length === 1 ? undefined : { at: 'contents', message }
    },
  },
  'count-request': {
    cites,
    check: (body) =>
      optionally(shape({ model: modelName }))(
        body['generateContentRequest'],
        'generateContentRequest',
      ),
  },
} as const satisfies Record<string, Rule>

/** The request whose tokens are counted, and where it stands in the body. */
export function countedRequest(body: JsonObject): readonly [request: JsonObject, at: string] {
  const inner = body['generateContentRequest']
  return isObject(inner) ? [inner, 'generateContentRequest.'] : [body, '']
}

/** Answers `countTokens`: a token is a word. */
export function countAnswer(body: JsonObject): JsonObject {
  const tokens = promptTokensOf(countedRequest(body)[0])
  return {
    totalTokens: tokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
  }
}
