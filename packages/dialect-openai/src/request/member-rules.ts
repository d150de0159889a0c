import { GatewayError, type JsonDocument, type JsonKind, type JsonValueSpan } from '@jackfield/core'

/** Kinds that a top-level member may have. `null` always counts as absent. */
export type MemberRules = Readonly<Record<string, readonly JsonKind[]>>

const string = ['string'] as const
const number = ['number'] as const
const boolean = ['boolean'] as const
const object = ['object'] as const
const array = ['array'] as const

const commonRules: MemberRules = {
  model: string,
  stream: boolean,
  stream_options: object,
  temperature: number,
  top_p: number,
  n: number,
  stop: ['string', 'array'],
  presence_penalty: number,
  frequency_penalty: number,
  logit_bias: object,
  max_tokens: number,
  seed: number,
  user: string,
}

export const chatRules: MemberRules = {
  ...commonRules,
  messages: array,
  max_completion_tokens: number,
  tools: array,
  tool_choice: ['string', 'object'],
  functions: array,
  function_call: ['string', 'object'],
  parallel_tool_calls: boolean,
  response_format: object,
  reasoning_effort: string,
  verbosity: string,
  logprobs: ['boolean', 'number'],
  top_logprobs: number,
  metadata: object,
  store: boolean,
  modalities: array,
  prompt_cache_key: string,
  safety_identifier: string,
  service_tier: string,
}

export const completionsRules: MemberRules = {
  ...commonRules,
  prompt: ['string', 'array'],
  suffix: string,
  echo: boolean,
  best_of: number,
  logprobs: number,
}

export const embeddingsRules: MemberRules = {
  model: string,
  input: ['string', 'array'],
  dimensions: number,
  encoding_format: string,
  user: string,
}

/** Refuses the first member whose value is not of a kind that the rules allow. */
export function checkMembers(document: JsonDocument, rules: MemberRules): void {
  for (const { name, value } of document.members) {
    const kinds = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (kinds === undefined || value.kind === 'null' || kinds.includes(value.kind)) continue
    throw wrongMember(name, `must be ${listKinds(kinds)}, not ${nameKind(value.kind)}`)
  }
}

/** The value of a member that the operation cannot do without. */
export function requireMember(
  document: JsonDocument,
  name: string,
  kinds: readonly JsonKind[],
): JsonValueSpan {
  const value = document.get(name)
  if (value === undefined) throw wrongMember(name, `is missing: it must be ${listKinds(kinds)}`)
  if (value.kind !== 'null') return value
  throw wrongMember(name, `must be ${listKinds(kinds)}, not null`)
}

/**
 * Refuses a conversation that is empty or begins with something that is no message. The others are looked at when somebody reads
 * them: to walk them all would double the price of a forwarded request.
 */
export function checkMessages(document: JsonDocument): void {
  const span = requireMember(document, 'messages', array)
  if (span.kind !== 'array') return
  const byte = firstByteIn(document.bytes, span)
  if (byte === CLOSE_BRACKET) throw wrongMember('messages', 'must not be empty')
  if (byte !== OPEN_BRACE) throw wrongMember('messages[0]', 'must be an object')
}

/** First byte of an array that is neither its bracket nor white space. */
function firstByteIn(bytes: Uint8Array, { start }: JsonValueSpan): number | undefined {
  let at = start + 1
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1
  return bytes[at]
}

const SPACE = 0x20
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b

export function wrongMember(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `\`${param}\` ${problem}.`, { param })
}

function listKinds(kinds: readonly JsonKind[]): string {
  return kinds.map(nameKind).join(' or ')
}

function nameKind(kind: JsonKind): string {
  if (kind === 'null') return 'null'
  return kind === 'object' || kind === 'array' ? `an ${kind}` : `a ${kind}`
}
