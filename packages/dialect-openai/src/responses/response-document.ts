import {
  type EncodeContext,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StartPart,
  type Usage,
} from '@jackfield/core'
import { madeId } from '@jackfield/dialect-kit'
import type { Ending } from './finish.ts'
import { encodeUsage } from './usage.ts'

/** Members of a request that a response repeats, with what stands there when the request has none (protocol reference 2.4). */
const echoes: Readonly<Record<string, JsonValue>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
  metadata: {},
}

export const echoedMembers: readonly string[] = Object.keys(echoes)

/** Members that are repeated only where they were sent. */
const optionalEchoes = ['conversation', 'prompt', 'prompt_cache_options', 'context_management']

/** How an answer stands. */
export interface DocumentState {
  readonly status: 'in_progress' | Ending['status']
  readonly output: readonly JsonObject[]
  readonly usage?: Usage
  readonly incompleteReason?: string
  readonly error?: JsonObject
}

/** Makes the response object of one answer, at its beginning and at its end. */
export class ResponseDocument {
  readonly id: string
  readonly #head: JsonObject
  readonly #echo: JsonObject

  constructor(context: EncodeContext, start: Pick<StartPart, 'id' | 'model' | 'created'>) {
    const own = start.id?.startsWith('resp_') === true ? start.id : undefined
    this.id = own ?? madeId('resp_', context.id)
    this.#head = {
      id: this.id,
      object: 'response',
      created_at: start.created ?? context.created,
      model: start.model ?? context.model,
    }
    this.#echo = echoOf(context)
  }

  build({ status, output, usage, incompleteReason, error }: DocumentState): JsonObject {
    const details = incompleteReason === undefined ? null : { reason: incompleteReason }
    return {
      ...this.#head,
      status,
      error: error ?? null,
      incomplete_details: details,
      output,
      usage: usage === undefined ? null : encodeUsage(usage),
      ...this.#echo,
    }
  }
}

/** Objects of the client keep the members that it left out: readers of a response find them always. */
function echoOf(context: EncodeContext): JsonObject {
  const echo: Record<string, JsonValue> = {}
  for (const [name, fallback] of Object.entries(echoes)) {
    const value = context.field?.(name) ?? null
    const isMerged = isJsonObject(value) && isJsonObject(fallback)
    echo[name] = isMerged ? { ...fallback, ...value } : (value ?? fallback)
  }
  for (const name of optionalEchoes) {
    const value = context.field?.(name) ?? null
    if (value !== null) echo[name] = value
  }
  return echo
}
