import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'
import type { ResponsesEvent } from './event.ts'

type EventsOf = (item: JsonObject) => readonly ResponsesEvent[]

/** OpenAI Responses 2.6, order per item. Types that are not here have no events of their own. */
const eventsByType: Readonly<Record<string, EventsOf>> = {
  web_search_call: (item) => phases(item, 'in_progress', 'searching', 'completed'),
  file_search_call: (item) => phases(item, 'in_progress', 'searching', 'completed'),
  code_interpreter_call: (item) => [
    ...phases(item, 'in_progress'),
    ...texts(item, 'response.code_interpreter_call_code', 'code'),
    ...phases(item, 'interpreting', 'completed'),
  ],
  image_generation_call: (item) => [
    ...phases(item, 'in_progress', 'generating'),
    ...partialImages(item),
    ...phases(item, 'completed'),
  ],
  mcp_list_tools: (item) => phases(item, 'in_progress', outcome(item)),
  mcp_call: (item) => [
    ...phases(item, 'in_progress'),
    ...texts(item, 'response.mcp_call_arguments', 'arguments'),
    ...phases(item, outcome(item)),
  ],
  apply_patch_call: (item) => {
    const operation = isObject(item['operation']) ? item['operation'] : {}
    const changed = { id: item['id'], diff: operation['diff'] }
    return texts(changed, 'response.apply_patch_call_operation_diff', 'diff')
  },
  shell_call: (item) => {
    const action = isObject(item['action']) ? item['action'] : {}
    return itemsOf(action['commands']).flatMap((command, command_index) => [
      { type: 'response.shell_call_command.added', command_index, command: '' },
      { type: 'response.shell_call_command.delta', command_index, delta: command },
      { type: 'response.shell_call_command.done', command_index, command },
    ])
  },
  shell_call_output: (item) => {
    const place = { item_id: item['id'], command_index: 0 }
    const output = itemsOf(item['output'])
    return [
      ...output.filter(isObject).map(({ stdout, stderr }) => ({
        type: 'response.shell_call_output_content.delta',
        ...place,
        delta: { stdout, stderr },
      })),
      { type: 'response.shell_call_output_content.done', ...place, output },
    ]
  },
}

/** The events between `added` and `done` of an item of the provider's own tools, without their place in the output. */
export function rawItemEvents(item: JsonObject): readonly ResponsesEvent[] {
  return eventsByType[String(item['type'])]?.(item) ?? []
}

function phases(item: JsonObject, ...names: readonly string[]): readonly ResponsesEvent[] {
  const item_id = item['id']
  return names.map((name) => ({ type: `response.${String(item['type'])}.${name}`, item_id }))
}

function outcome(item: JsonObject): string {
  return isObject(item['error']) || typeof item['error'] === 'string' ? 'failed' : 'completed'
}

function texts(item: JsonObject, family: string, member: string): readonly ResponsesEvent[] {
  const text = item[member]
  const item_id = item['id']
  if (typeof text !== 'string') return []
  const half = Math.ceil(text.length / 2)
  return [
    ...[text.slice(0, half), text.slice(half)]
      .filter((delta) => delta !== '')
      .map((delta) => ({ type: `${family}.delta`, item_id, delta })),
    { type: `${family}.done`, item_id, [member]: text },
  ]
}

function partialImages(item: JsonObject): readonly ResponsesEvent[] {
  if (typeof item['result'] !== 'string') return []
  const type = 'response.image_generation_call.partial_image'
  const partial_image_b64 = item['result']
  return [{ type, item_id: item['id'], partial_image_index: 0, partial_image_b64 }]
}
