import type { JsonObject, JsonValue } from '@jackfield/core'

/** Items that have a canonical form, and references, which only the provider can look up. */
const plainTypes = new Set([
  ...['message', 'reasoning', 'item_reference', 'compaction'],
  ...['function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output'],
])

/** Items without a canonical form that clients make (protocol reference 2.3). Everything else a model or its provider made. */
const clientTypes = new Set([
  ...['computer_call_output', 'local_shell_call_output', 'shell_call_output'],
  ...['apply_patch_call_output', 'mcp_approval_response', 'compaction_trigger'],
  ...['additional_tools', 'configuration_update'],
])

/** Type of an input item; messages and references may leave it out. */
export function typeOfItem(item: JsonObject): string {
  const { type } = item
  if (typeof type === 'string') return type
  return item['role'] === undefined && typeof item['id'] === 'string' ? 'item_reference' : 'message'
}

/** Whether only a client makes such items: outputs of calls that it ran, approvals, tools for later turns. */
export function isClientMade(item: JsonObject): boolean {
  const type = typeOfItem(item)
  return clientTypes.has(type) || (type === 'tool_search_output' && item['execution'] === 'client')
}

/** The tools that an item of a conversation brings along. */
export function toolsBrought(item: JsonObject): readonly JsonValue[] {
  const type = typeOfItem(item)
  if (type !== 'additional_tools' && type !== 'tool_search_output') return []
  const { tools } = item
  return Array.isArray(tools) ? tools : []
}

/** Whether an item is the trace of something that the provider did, known to it by its id. */
export function isHosted(item: JsonObject): boolean {
  return !plainTypes.has(typeOfItem(item)) && !isClientMade(item)
}

/** A member that is a text with something in it. */
export function filled(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
