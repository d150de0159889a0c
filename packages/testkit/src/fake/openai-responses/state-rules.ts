import type { JsonObject } from '../strict/rule.ts'
import { firstProblem, type Problem } from '../strict/shape.ts'
import { type ContextItem, conversationOf, inputItems, typeOf } from './conversation.ts'
import type { Memory } from './memory.ts'
import { reasoningRules } from './reasoning-rules.ts'
import type { StateRule } from './state-rule.ts'

const itemCites = (line: string): string => `OpenAI Responses 2.3, ${line}`

/** Calls that wait for the client, and what answers them. */
const outputsOf: Readonly<Record<string, readonly string[]>> = {
  function_call: ['function_call_output'],
  custom_tool_call: ['custom_tool_call_output'],
  computer_call: ['computer_call_output'],
  // Clients that have one kind of output answer these with it, too.
  local_shell_call: ['local_shell_call_output', 'function_call_output'],
  shell_call: ['shell_call_output'],
  apply_patch_call: ['apply_patch_call_output'],
  tool_search_call: ['tool_search_output'],
}

/** Rules about what a request refers to: stored responses and items, and calls. */
export const stateRules = {
  'previous-response': {
    cites: 'OpenAI Responses 2.7, unknown or expired id',
    check: ({ previous_response_id: id }, { responses }) =>
      typeof id !== 'string' || responses.has(id)
        ? undefined
        : {
            at: 'previous_response_id',
            code: 'previous_response_not_found',
            message: `Previous response with id '${id}' not found.`,
          },
  },
  'item-reference': {
    cites: itemCites('reference: only with stored items'),
    check: (body, { items }) =>
      firstProblem(inputItems(body), ({ item, at }) =>
        typeOf(item) === 'item_reference' && !items.has(String(item['id']))
          ? { at: `${at}.id`, message: `Item with id '${String(item['id'])}' not found.` }
          : undefined,
      ),
  },
  'item-ids-without-store': {
    cites: itemCites('notes: with store:false, drop item ids that the server cannot look up'),
    check: (body, memory) =>
      body['store'] === false
        ? firstProblem(inputItems(body), ({ item, at }) => unknownId(item, String(at), memory))
        : undefined,
  },
  ...reasoningRules,
  'outputs-match-calls': {
    cites: 'OpenAI Responses 2.7, function outputs must match a call_id',
    check: (body, memory) => {
      const context = conversationOf(body, memory)
      return firstProblem(context, ({ at }, index) =>
        at === undefined ? undefined : orphan(context, index),
      )
    },
  },
  'calls-are-answered': {
    cites: 'OpenAI Responses 2.7, each pending call needs an output',
    check: (body, memory) => {
      const context = conversationOf(body, memory)
      return firstProblem(context, (_, index) => unanswered(context, index))
    },
  },
} as const satisfies Record<string, StateRule>

function unknownId(item: JsonObject, at: string, memory: Memory): Problem | undefined {
  const { id, encrypted_content } = item
  // Encrypted content has its id in it.
  if (typeof id !== 'string' || typeof encrypted_content === 'string') return undefined
  if (typeOf(item) === 'item_reference' || isOfClient(item)) return undefined
  if (memory.items.has(id) || memory.issued.has(id)) return undefined
  const advice =
    'Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.'
  return { at: `${at}.id`, message: `Item with id '${id}' not found. ${advice}` }
}

/** Whether a client made the item: then its id is the client's own (Codex 0.169 sends one with each of these). */
function isOfClient(item: JsonObject): boolean {
  const type = typeOf(item)
  if (type === 'message') return item['role'] !== 'assistant'
  return type === 'additional_tools' || Object.values(outputsOf).flat().includes(type)
}

/** An output at `index` that answers no call before it. */
function orphan(context: readonly ContextItem[], index: number): Problem | undefined {
  const { item, at } = context[index] ?? { item: {} }
  const type = typeOf(item)
  const callId = item['call_id']
  if (typeof callId !== 'string' || !Object.values(outputsOf).flat().includes(type)) {
    return undefined
  }
  const found = context
    .slice(0, index)
    .some(
      ({ item: call }) =>
        call['call_id'] === callId && (outputsOf[typeOf(call)]?.includes(type) ?? false),
    )
  if (found) return undefined
  const kind = type.replaceAll('_', ' ')
  return { at: `${at}.call_id`, message: `No tool call found for ${kind} with call_id ${callId}.` }
}

/** A call at `index` that nothing after it answers. */
function unanswered(context: readonly ContextItem[], index: number): Problem | undefined {
  const { item, at = 'input' } = context[index] ?? { item: {} }
  const outputs = outputsOf[typeOf(item)]
  const callId = item['call_id']
  if (!outputs || typeof callId !== 'string' || item['async'] === true) return undefined
  const found = context
    .slice(index + 1)
    .some(({ item: other }) => other['call_id'] === callId && outputs.includes(typeOf(other)))
  if (found) return undefined
  const kind = typeOf(item).replaceAll('_', ' ')
  return { at, message: `No tool output found for ${kind} ${callId}.` }
}
