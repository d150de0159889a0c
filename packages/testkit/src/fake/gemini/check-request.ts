import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import { configRules } from './config-rules.ts'
import { contentRules, pieceRules } from './content-rules.ts'
import { countRules } from './count-tokens.ts'
import { batchRules, embedRules } from './embeddings.ts'
import {
  batchEmbedType,
  countType,
  embedType,
  type GeminiSurface,
  generateType,
  type MessageType,
  schemaType,
} from './message-type.ts'
import { partRules } from './part-rules.ts'
import { camelCased, type Stray, straysOf } from './spelling.ts'
import { stateRules } from './state-rules.ts'
import type { ThoughtSigner } from './thought-signer.ts'
import { toolRules } from './tool-rules.ts'

/** Rules that are not about one body: each is part of the handling of a request. */
type TransportRuleId =
  | 'authorization'
  | 'content-type'
  | 'query'
  | 'fields'
  | 'schema-keywords'
  | 'known-model'
  | 'thinking-model'

/** Every strict rule of the fake Gemini, by the name under which it can be switched off. */
export type GeminiRuleId =
  | TransportRuleId
  | keyof typeof contentRules
  | keyof typeof partRules
  | keyof typeof toolRules
  | keyof typeof configRules
  | keyof ReturnType<typeof stateRules>
  | keyof typeof countRules
  | keyof typeof embedRules
  | keyof typeof batchRules

/** What a method accepts. */
export interface GeminiEndpoint {
  readonly type: MessageType
  readonly rules: Readonly<Record<string, Rule>>
}

/** The rules of `generateContent` and `streamGenerateContent`; signatures are those of `signer`. */
export function generateEndpoint(signer: ThoughtSigner): GeminiEndpoint {
  return { type: generateType, rules: { ...statelessRules, ...stateRules(signer) } }
}

/** What a request is held to that is to be counted: signatures do not matter there. */
export const statelessRules = { ...contentRules, ...partRules, ...toolRules, ...configRules }

/** What contents are held to that are to be counted by themselves: Gemini CLI 0.61 counts the results of tools without their calls. */
export const countedRules = { ...pieceRules, ...partRules, ...toolRules, ...configRules }

/** `countTokens`. */
export const countEndpoint: GeminiEndpoint = { type: countType, rules: countRules }

/** `embedContent`. */
export const embedEndpoint: GeminiEndpoint = {
  type: embedType,
  rules: { ...embedRules, ...partRules },
}

/** `batchEmbedContents`. */
export const batchEndpoint: GeminiEndpoint = { type: batchEmbedType, rules: batchRules }

/** What is held at the moment. */
export interface RuleSettings {
  readonly off: ReadonlySet<string>
  readonly surface: GeminiSurface
}

/**
 * Reads a JSON body, brings its fields to camelCase, and holds it against the rules that are on. Throws a {@link Refusal} for the first
 * violation.
 */
export function readGeminiBody(
  request: RecordedRequest,
  endpoint: GeminiEndpoint,
  settings: RuleSettings,
): JsonObject {
  const given = parsedBody(request, settings.off)
  const body = camelCased(given, endpoint.type)
  if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.')
  checkFields(body, endpoint.type, settings)
  checkRules(body, endpoint.rules, { off: settings.off, at: '' })
  return body
}

/** Holds a body in camelCase that stands `at` that place against rules. Throws a {@link Refusal}. */
export function checkRules(
  body: JsonObject,
  rules: Readonly<Record<string, Rule>>,
  where: { readonly off: ReadonlySet<string>; readonly at: string },
): void {
  for (const [id, rule] of Object.entries(rules)) {
    const problem = where.off.has(id) ? undefined : rule.check(body)
    if (!problem) continue
    const param = `${where.at}${problem.at}`
    const message = `Invalid value at '${param}': ${problem.message} (${rule.cites}).`
    throw new Refusal(400, message, { param })
  }
}

function parsedBody(request: RecordedRequest, off: ReadonlySet<string>): unknown {
  const type = request.headers['content-type'] ?? ''
  if (!off.has('content-type') && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(400, `Send application/json, not ${type || 'a body without content-type'}.`)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch (error) {
    throw new Refusal(400, `Invalid JSON payload received. ${String(error)}`)
  }
}

/** Unknown fields are refused before any value is looked at. */
function checkFields(body: JsonObject, type: MessageType, { off, surface }: RuleSettings): void {
  for (const stray of straysOf(body, type, { at: '', surface })) {
    const rule = stray.type === schemaType ? 'schema-keywords' : 'fields'
    if (!off.has(rule)) throw unknownField(stray)
  }
}

function unknownField({ at, name }: Stray): Refusal {
  const place = at === '' ? '' : ` at '${at}'`
  const message = `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`
  return new Refusal(400, message, { param: at === '' ? name : `${at}.${name}` })
}
