import type { JsonObject } from '../strict/rule.ts'
import { firstProblem, type Problem } from '../strict/shape.ts'
import type { FollowingItem, ReasoningState } from './answer.ts'
import { type ContextItem, conversationOf, inputItems, typeOf } from './conversation.ts'
import type { Memory } from './memory.ts'
import type { StateRule } from './state-rule.ts'

const cites = (line: string): string => `OpenAI Responses 2.3, ${line}`

/** What a client makes; everything else came from a model. */
const fromClient = new Set([
  'function_call_output',
  'custom_tool_call_output',
  'computer_call_output',
  'local_shell_call_output',
  'apply_patch_call_output',
  'mcp_approval_response',
  'compaction_trigger',
  'additional_tools',
  'configuration_update',
])

/** Rules about the state of reasoning models. */
export const reasoningRules = {
  'encrypted-content': {
    cites: cites('reasoning: encrypted_content'),
    check: (body, { seal }) =>
      firstProblem(inputItems(body), ({ item, at }) => {
        const { encrypted_content: encrypted, id } = item
        if (typeof encrypted !== 'string') return undefined
        const state = seal.open(encrypted)
        if (state && (typeof id !== 'string' || id === state.id)) return undefined
        return {
          at: `${at}.encrypted_content`,
          code: 'invalid_encrypted_content',
          message: `The encrypted content ${shortened(encrypted)} could not be verified.${reason(state)}`,
        }
      }),
  },
  'reasoning-needs-its-state': {
    cites: cites('notes: replay reasoning items only when they carry encrypted_content'),
    check: (body, { items }) =>
      firstProblem(inputItems(body), ({ item, at }) => {
        const { id, encrypted_content: encrypted } = item
        if (typeOf(item) !== 'reasoning' || typeof encrypted === 'string') return undefined
        if (items.has(String(id))) return undefined
        return { at: `${at}.id`, message: `Item with id '${String(id)}' not found.` }
      }),
  },
  'reasoning-needs-what-it-led-to': {
    cites: cites('notes: a reasoning item must be followed by the item it led to'),
    check: (body, memory) => {
      const context = conversationOf(body, memory)
      return firstProblem(context, ({ at }, index) =>
        at === undefined ? undefined : withoutFollower(context, index, memory),
      )
    },
  },
  'item-needs-its-reasoning': {
    cites: cites('notes: a reasoning item and the item it led to (the other direction)'),
    check: (body, memory) => {
      const context = conversationOf(body, memory)
      return firstProblem(context, ({ at }, index) =>
        at === undefined ? undefined : withoutReasoning(context, index, memory),
      )
    },
  },
} as const satisfies Record<string, StateRule>

function withoutFollower(
  context: readonly ContextItem[],
  index: number,
  memory: Memory,
): Problem | undefined {
  const { item, at = 'input' } = context[index] ?? { item: {} }
  if (typeOf(item) !== 'reasoning') return undefined
  const state = stateOf(item, memory)
  const follower = context[index + 1]?.item
  if (follower && isModelMade(follower) && (!state || isThat(follower, state.next))) {
    return undefined
  }
  const name = `Item '${String(item['id'] ?? state?.id)}' of type 'reasoning'`
  return { at, message: `${name} was provided without its required following item.` }
}

function withoutReasoning(
  context: readonly ContextItem[],
  index: number,
  memory: Memory,
): Problem | undefined {
  const { item, at = 'input' } = context[index] ?? { item: {} }
  const needed = memory.issued.get(String(item['id']))
  if (needed === undefined) return undefined
  const there = context
    .slice(0, index)
    .some(
      ({ item: other }) =>
        typeOf(other) === 'reasoning' && (other['id'] ?? stateOf(other, memory)?.id) === needed,
    )
  if (there) return undefined
  const name = `Item '${String(item['id'])}' of type '${typeOf(item)}'`
  const message = `${name} was provided without its required 'reasoning' item: '${needed}'.`
  return { at, message }
}

/** What the provider knows of a reasoning item: from the item itself, or from what it stored under its id. */
function stateOf(item: JsonObject, memory: Memory): ReasoningState | undefined {
  const { encrypted_content: encrypted, id } = item
  if (typeof encrypted === 'string') return memory.seal.open(encrypted)
  if (typeof id !== 'string' || !memory.items.has(id)) return undefined
  const next = memory.followers.get(id)
  return { id, ...(next && { next }) }
}

function isThat(follower: JsonObject, expected: FollowingItem | undefined): boolean {
  if (!expected || typeOf(follower) !== expected.type) return false
  return expected.callId === undefined || follower['call_id'] === expected.callId
}

function isModelMade(item: JsonObject): boolean {
  if (typeOf(item) === 'message') return item['role'] === 'assistant'
  return !fromClient.has(typeOf(item))
}

function shortened(encrypted: string): string {
  return encrypted.length > 12 ? `${encrypted.slice(0, 4)}...${encrypted.slice(-4)}` : encrypted
}

function reason(state: ReasoningState | undefined): string {
  return state ? ' Reason: it belongs to another item.' : ''
}
