import type { JsonObject } from '@jackfield/core'

export const response = (rest: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 5,
  model: 'm',
  status: 'in_progress',
  output: [],
  usage: null,
  ...rest,
})
export const created = { type: 'response.created', response: response() }
export const completed = (rest: JsonObject = {}) => ({
  type: 'response.completed',
  response: response({ status: 'completed', ...rest }),
})
export const place = { output_index: 0, item_id: 'msg_1', content_index: 0 }
export const text = (delta: string, rest: JsonObject = {}) => ({
  type: 'response.output_text.delta',
  ...place,
  delta,
  ...rest,
})
export const message = (said: string, rest: JsonObject = {}) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: said, annotations: [] }],
  ...rest,
})
export const call = (rest: JsonObject = {}) => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'f',
  arguments: '{"a":1}',
  status: 'completed',
  ...rest,
})
export const added = (item: JsonObject, index = 0) => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
})
export const done = (item: JsonObject, index = 0) => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
})
