import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import { completionsParameters, completionsRules } from './completions.ts'
import { embeddingsParameters, embeddingsRules } from './embeddings.ts'
import { chatParameters, fieldRules } from './field-rules.ts'
import { messageRules } from './message-rules.ts'
import { toolRules } from './tool-rules.ts'

/** Rules that are not about one body: each is part of the handling of a request. */
type TransportRuleId = 'authorization' | 'content-type' | 'parameters' | 'known-model'

/** Every strict rule of the fake, by the name under which it can be switched off. */
export type FakeRuleId =
  | TransportRuleId
  | keyof typeof fieldRules
  | keyof typeof messageRules
  | keyof typeof toolRules
  | keyof typeof completionsRules
  | keyof typeof embeddingsRules

/** What a generation endpoint accepts. */
export interface Endpoint {
  readonly rules: Readonly<Record<string, Rule>>
  readonly parameters: readonly string[]
}

/** The chat endpoint. */
export const chatEndpoint: Endpoint = {
  rules: { ...fieldRules, ...messageRules, ...toolRules },
  parameters: chatParameters,
}

/** The legacy text endpoint. */
export const completionsEndpoint: Endpoint = {
  rules: completionsRules,
  parameters: completionsParameters,
}

/** The embeddings endpoint. */
export const embeddingsEndpoint: Endpoint = {
  rules: embeddingsRules,
  parameters: embeddingsParameters,
}

/** Reads a JSON body. Throws a {@link Refusal} unless it is a UTF-8 JSON object that says so. */
export function readBody(request: RecordedRequest, off: ReadonlySet<string>): JsonObject {
  const type = request.headers['content-type'] ?? ''
  if (!off.has('content-type') && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, `Send application/json, not ${type || 'a body without content-type'}.`)
  }
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch (error) {
    throw new Refusal(400, `We could not parse the JSON body of your request: ${String(error)}`)
  }
  if (isObject(body)) return body
  throw new Refusal(400, 'The body must be a JSON object.')
}

/** Holds a body against the rules that are on. Throws a {@link Refusal} for the first violation. */
export function checkBody(body: JsonObject, endpoint: Endpoint, off: ReadonlySet<string>): void {
  const unknown = Object.keys(body).find((name) => !endpoint.parameters.includes(name))
  if (unknown !== undefined && !off.has('parameters')) {
    const message = `Unrecognized request argument supplied: ${unknown}`
    throw new Refusal(400, message, { code: 'unsupported_parameter', param: unknown })
  }
  for (const [id, rule] of Object.entries(endpoint.rules)) {
    const problem = off.has(id) ? undefined : rule.check(body)
    if (!problem) continue
    const message = `Invalid value for '${problem.at}': ${problem.message} (${rule.cites}).`
    throw new Refusal(400, message, { code: 'invalid_value', param: problem.at })
  }
}
