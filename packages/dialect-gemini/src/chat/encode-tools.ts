import {
  type ChatRequest,
  type CustomTool,
  type FunctionTool,
  isJsonObject,
  type JsonObject,
  type ProviderTool,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import { toolWord, withLeftover } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import type { EncodeState } from './encode-state.ts'
import { openApiSchema } from './openapi-schema.ts'

/** Tools of other protocols that Google runs itself, too. The first word of their type tells them. */
const builtIns: readonly (readonly [prefix: string, name: string])[] = [
  ['web_search', 'googleSearch'],
  ['web_fetch', 'urlContext'],
  ['code_interpreter', 'codeExecution'],
  ['code_execution', 'codeExecution'],
]

/** Tools and the choice among them, which is only legal beside functions. */
export function encodeTools(request: ChatRequest, state: EncodeState): JsonObject {
  const tools = request.tools ?? []
  const functions = tools.flatMap((tool) => encodeFunction(tool, state))
  const others = tools.flatMap((tool) =>
    tool.type === 'provider' ? encodeBuiltIn(tool, state) : [],
  )
  const kept =
    functions.length > 0 && !state.facts.mixesTools ? withoutMixing(others, state) : others
  const list = [
    ...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]),
    ...distinct(kept),
  ]
  if (list.length === 0) return {}
  if (request.parallelToolCalls === false) state.dropped.add('parallel_tool_calls')
  const calling = functions.length === 0 ? undefined : encodeChoice(request.toolChoice, state)
  return {
    tools: list,
    ...(calling === undefined ? {} : { toolConfig: { functionCallingConfig: calling } }),
  }
}

/** Models before Gemini 3 refuse functions beside tools of Google's own; what the client itself runs comes first. */
function withoutMixing(others: readonly JsonObject[], { dropped }: EncodeState): JsonObject[] {
  for (const name of others.flatMap((tool) => Object.keys(tool))) dropped.add(name)
  return []
}

function distinct(tools: readonly JsonObject[]): JsonObject[] {
  const seen = new Set<string>()
  return tools.filter((tool) => {
    const text = JSON.stringify(tool)
    const isNew = !seen.has(text)
    seen.add(text)
    return isNew
  })
}

function encodeBuiltIn({ dialect, value }: ProviderTool, { dropped }: EncodeState): JsonObject[] {
  if (dialect === geminiName) return [value]
  const word = toolWord({ value })
  const same = builtIns.find(([prefix]) => word.startsWith(prefix))
  if (same !== undefined) return [{ [same[1]]: {} }]
  dropped.add(word)
  return []
}

function encodeFunction(tool: Tool, state: EncodeState): JsonObject[] {
  if (tool.type === 'provider') return []
  if (tool.cache !== undefined) state.dropped.add('cache')
  if (tool.type === 'function' && tool.strict === true) state.dropped.add('strict')
  const description = tool.description ?? ''
  const wire = {
    name: state.names.sent(tool.name),
    ...(description === '' ? {} : { description }),
    ...encodeParameters(tool, state),
  }
  return [withLeftover(wire, tool.extensions, geminiName)]
}

/** A function without parameters has none at all: some versions refuse an object without properties. */
function encodeParameters(tool: FunctionTool | CustomTool, { facts }: EncodeState): JsonObject {
  const schema = tool.type === 'custom' ? inputSchema(tool) : tool.parameters
  if (schema === undefined || isEmptyObject(schema)) return {}
  return facts.jsonSchema ? { parametersJsonSchema: schema } : { parameters: openApiSchema(schema) }
}

const combining = ['$ref', 'anyOf', 'oneOf', 'allOf', 'additionalProperties', 'patternProperties']

function isEmptyObject(schema: JsonObject): boolean {
  const { type, properties } = schema
  if (isJsonObject(properties) && Object.keys(properties).length > 0) return false
  if (type !== undefined && type !== 'object' && type !== 'OBJECT') return false
  return combining.every((name) => schema[name] === undefined || schema[name] === false)
}

/** Free text as the one parameter of a function. A grammar cannot be enforced, so the model is told of it. */
function inputSchema({ format }: CustomTool): JsonObject {
  const described =
    format === undefined
      ? {}
      : { description: `Must match this ${format.syntax} grammar:\n${format.definition}` }
  return {
    type: 'object',
    properties: { input: { type: 'string', ...described } },
    required: ['input'],
  }
}

function encodeChoice(choice: ToolChoice | undefined, state: EncodeState): JsonObject | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [state.names.sent(choice.name)] }
    case 'allowed': {
      const names = choice.names.map((name) => state.names.sent(name))
      return { mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names }
    }
    case 'provider':
      if (choice.dialect === geminiName) return choice.value
      state.dropped.add('tool_choice')
      return undefined
    default:
      return choice satisfies never
  }
}
