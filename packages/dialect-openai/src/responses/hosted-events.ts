import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import type { EventSink } from './event-writer.ts'

/** Phases of the tools that a provider runs itself, in their order (protocol reference 2.6). */
const phases: Readonly<Record<string, readonly string[]>> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  code_interpreter_call: ['in_progress', 'interpreting', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'completed'],
  mcp_list_tools: ['in_progress', 'completed'],
  mcp_call: ['in_progress', 'completed'],
}

/** Types whose items have a failure of their own to tell. */
const mayFail = new Set(['mcp_call', 'mcp_list_tools'])

/** Members that an announced item does not have yet, with what stands there. */
const unfinished: Readonly<Record<string, JsonValue>> = {
  arguments: '',
  code: '',
  result: null,
  outputs: null,
  results: null,
  output: null,
}

/** Types whose members come in pieces of their own. */
const emptied = new Set([
  ...['code_interpreter_call', 'image_generation_call', 'file_search_call', 'mcp_call'],
])

/** All events of an item that comes whole: what its provider would have sent for it. */
export function writeHostedItem(sink: EventSink, index: number, item: JsonObject): void {
  const type = String(item['type'])
  const place = { item_id: String(item['id'] ?? ''), output_index: index }
  sink.event('response.output_item.added', { output_index: index, item: announced(type, item) })
  const [first, ...rest] = phasesOf(type, item)
  if (first !== undefined) sink.event(`response.${type}.${first}`, place)
  writePieces(sink, place, item)
  for (const phase of rest) sink.event(`response.${type}.${phase}`, place)
  sink.event('response.output_item.done', { output_index: index, item })
}

function phasesOf(type: string, item: JsonObject): readonly string[] {
  const all = phases[type] ?? []
  const hasFailed = item['status'] === 'failed' || isJsonObject(item['error'])
  if (!hasFailed) return all
  const begun = all.filter((phase) => phase !== 'completed')
  return mayFail.has(type) ? [...begun, 'failed'] : begun
}

function announced(type: string, item: JsonObject): JsonObject {
  const begun = typeof item['status'] === 'string' ? { ...item, status: 'in_progress' } : item
  if (!emptied.has(type)) return begun
  const members = Object.entries(begun).map(([name, value]) => [name, unfinished[name] ?? value])
  const nulled = Object.keys(unfinished).filter((name) => unfinished[name] === null)
  const blank = nulled.filter((name) => begun[name] !== undefined).map((name) => [name, null])
  return Object.fromEntries([...members, ...blank])
}

/** Texts that have events of their own. */
function writePieces(
  sink: EventSink,
  place: { readonly item_id: string; readonly output_index: number },
  item: JsonObject,
): void {
  const { type, code, arguments: args } = item
  if (type === 'code_interpreter_call' && typeof code === 'string') {
    writePiece(sink, place, {
      event: 'response.code_interpreter_call_code',
      member: 'code',
      text: code,
    })
  }
  if (type === 'mcp_call' && typeof args === 'string') {
    const event = 'response.mcp_call_arguments'
    writePiece(sink, place, { event, member: 'arguments', text: args })
  }
  const diff = isJsonObject(item['operation']) ? item['operation']['diff'] : undefined
  if (type === 'apply_patch_call' && typeof diff === 'string') {
    const event = 'response.apply_patch_call_operation_diff'
    writePiece(sink, place, { event, member: 'diff', text: diff })
  }
  if (type === 'shell_call') writeCommands(sink, place.output_index, item['action'])
}

function writePiece(
  sink: EventSink,
  place: JsonObject,
  {
    event,
    member,
    text,
  }: { readonly event: string; readonly member: string; readonly text: string },
): void {
  sink.event(`${event}.delta`, { ...place, delta: text })
  sink.event(`${event}.done`, { ...place, [member]: text })
}

function writeCommands(sink: EventSink, index: number, action: JsonValue | undefined): void {
  const commands = isJsonObject(action) ? action['commands'] : undefined
  if (!Array.isArray(commands)) return
  for (const [at, command] of commands.entries()) {
    const place = { output_index: index, command_index: at }
    const event = 'response.shell_call_command'
    sink.event(`${event}.added`, { ...place, command: '' })
    sink.event(`${event}.delta`, { ...place, delta: command })
    sink.event(`${event}.done`, { ...place, command })
  }
}
