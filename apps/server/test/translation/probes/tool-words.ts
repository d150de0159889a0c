import type { JsonObject } from '@jackfield/core'

export const chatTool = (name: string, rest: JsonObject = {}) => ({
  type: 'function',
  function: { name, ...rest },
})
export const responsesTool = (name: string, rest: JsonObject = {}) => ({
  type: 'function',
  name,
  ...rest,
})
export const anthropicTool = (name: string, rest: JsonObject = {}) => ({
  name,
  input_schema: { type: 'object', properties: {} },
  ...rest,
})
export const geminiTools = (...functions: readonly JsonObject[]) => ({
  tools: [{ functionDeclarations: functions }],
})
