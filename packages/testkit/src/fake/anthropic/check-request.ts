import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import { cacheRules } from './cache-rules.ts'
import { extraInputs } from './closed.ts'
import { contextRules, type RequestContext } from './context-rules.ts'
import { countParameters, fieldRules, messageParameters } from './field-rules.ts'
import { messageRules } from './message-rules.ts'
import { thinkingRules } from './thinking-rules.ts'
import { toolLoopRules } from './tool-loop-rules.ts'
import { toolRules } from './tool-rules.ts'

/** Rules that are not about one body: each is part of the handling of a request. */
type TransportRuleId =
  | 'authorization'
  | 'anthropic-version'
  | 'request-size'
  | 'content-type'
  | 'parameters'
  | 'known-model'

/** Every strict rule of the fake, by the name under which it can be switched off. */
export type AnthropicRuleId =
  | TransportRuleId
  | keyof typeof bodyRules
  | keyof ReturnType<typeof contextRules>

/** The rules that need nothing but the body, in the order in which they are held. */
const bodyRules = {
  ...fieldRules,
  ...messageRules,
  ...toolLoopRules,
  ...toolRules,
  ...thinkingRules,
  ...cacheRules,
}

/** The request body may have 32 MB (Anthropic Messages 3.9, 413). */
const maxBytes = 32 * 1024 * 1024

/** An operation that takes messages. */
export interface Operation {
  readonly parameters: readonly string[]
  /** Rules that say something about fields which the operation does not have. */
  readonly without: readonly string[]
}

/** `POST /messages`. */
export const creating: Operation = { parameters: messageParameters, without: [] }

/** `POST /messages/count_tokens`. */
export const counting: Operation = { parameters: countParameters, without: ['max-tokens'] }

/** All rules about the body of a request to `/messages`. */
export function rulesFor(context: RequestContext): Readonly<Record<string, Rule>> {
  return { ...bodyRules, ...contextRules(context) }
}

/** Reads a JSON body. Throws a {@link Refusal} unless it is a UTF-8 JSON object that says so. */
export function readBody(request: RecordedRequest, off: ReadonlySet<string>): JsonObject {
  const type = request.headers['content-type'] ?? ''
  if (!off.has('content-type') && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(400, `Send application/json, not ${type || 'a body without content-type'}.`)
  }
  if (!off.has('request-size') && request.body.byteLength > maxBytes) {
    throw new Refusal(413, 'Request exceeds the maximum size')
  }
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch (error) {
    throw new Refusal(400, `The request body is not valid JSON: ${String(error)}`)
  }
  if (isObject(body)) return body
  throw new Refusal(400, 'The request body must be a JSON object.')
}

/** Holds a body against the rules that are on. Throws a {@link Refusal} that names the field for the first violation. */
export function checkBody(
  body: JsonObject,
  rules: Readonly<Record<string, Rule>>,
  options: { readonly operation: Operation; readonly off: ReadonlySet<string> },
): void {
  const { operation, off } = options
  const unknown = Object.keys(body).find((name) => !operation.parameters.includes(name))
  if (unknown !== undefined && !off.has('parameters')) {
    throw new Refusal(400, `${unknown}: ${extraInputs}`, { param: unknown })
  }
  for (const [id, rule] of Object.entries(rules)) {
    if (off.has(id) || operation.without.includes(id)) continue
    const problem = rule.check(body)
    if (!problem) continue
    const place = problem.at.replace(/\[(\d+)\]/g, '.$1')
    throw new Refusal(400, `${place}: ${problem.message} (${rule.cites}).`, { param: place })
  }
}
