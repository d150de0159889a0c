import { digest } from '../openai/default-answer.ts'
import type { JsonObject } from '../strict/rule.ts'
import type { FollowingItem } from './answer.ts'
import { createStateSeal, type StateSeal } from './state-seal.ts'

/** A response that was stored. */
export interface StoredResponse {
  readonly id: string
  readonly request: JsonObject
  /** The items that the model saw, those of earlier responses included, each with an id. */
  readonly input: readonly JsonObject[]
  readonly output: readonly JsonObject[]
  /** The response object when it is finished. */
  readonly finished: JsonObject
  /** The response object before, for `queued` and `in_progress`, and when it was cancelled. */
  pending(status: 'queued' | 'in_progress' | 'cancelled'): JsonObject
  /** The frames of the response as a stream. */
  frames(): readonly string[]
  /** How many more times a retrieval finds it in progress; the model of the fake has no clock. */
  pollsLeft: number
  cancelled: boolean
}

/** What a provider remembers of one organisation. */
export interface Memory {
  readonly seal: StateSeal
  /** Makes the ids of an organisation its own. */
  readonly seed: string
  readonly responses: Map<string, StoredResponse>
  /** Every item that can be looked up by its id. */
  readonly items: Map<string, JsonObject>
  /** Every item id that was ever given out, stored or not, with the id of the reasoning that led to the item. */
  readonly issued: Map<string, string | undefined>
  /** What stored reasoning led to, by the id of the reasoning. */
  readonly followers: Map<string, FollowingItem>
}

/** The memories of all organisations of a fake; each begins empty. */
export function createMemories(secret: string): (organisation: string) => Memory {
  const memories = new Map<string, Memory>()
  return (organisation) => {
    const known = memories.get(organisation)
    if (known) return known
    const memory: Memory = {
      seal: createStateSeal(secret, organisation),
      seed: digest([secret, organisation]),
      responses: new Map(),
      items: new Map(),
      issued: new Map(),
      followers: new Map(),
    }
    memories.set(organisation, memory)
    return memory
  }
}

/** Remembers which items were given out, and which reasoning led to each. */
export function rememberIssued(memory: Memory, output: readonly JsonObject[]): void {
  let reasoning: string | undefined
  for (const [index, item] of output.entries()) {
    const id = String(item['id'])
    const thinks = item['type'] === 'reasoning'
    const next = output[index + 1]
    if (thinks && next) memory.followers.set(id, followingItem(next))
    memory.issued.set(id, thinks ? undefined : reasoning)
    if (thinks) reasoning = id
  }
}

function followingItem({ type, call_id }: JsonObject): FollowingItem {
  const isCall = type === 'function_call' || type === 'custom_tool_call'
  return { type: String(type), ...(isCall && { callId: String(call_id) }) }
}

/** Stores a response and the items of it. */
export function rememberResponse(memory: Memory, response: StoredResponse): void {
  memory.responses.set(response.id, response)
  for (const item of [...response.input, ...response.output]) {
    memory.items.set(String(item['id']), item)
  }
}

/** Forgets a response and what it brought about; later responses keep what they were given. */
export function forgetResponse(memory: Memory, response: StoredResponse): void {
  memory.responses.delete(response.id)
  for (const item of response.output) memory.items.delete(String(item['id']))
}
