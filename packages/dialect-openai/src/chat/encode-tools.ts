import type {
  ChatRequest,
  CustomTool,
  FunctionTool,
  JsonObject,
  JsonValue,
  Tool,
  ToolChoice,
} from '@jackfield/core'
import { toolWord, withLeftover } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { strictFor } from '../strict-schema.ts'
import { type EncodeState, withCacheMark } from './encode-part.ts'

/** Tools and what is said about them, which is only legal beside tools. */
export function encodeTools(request: ChatRequest, state: EncodeState): JsonObject {
  const tools = (request.tools ?? []).flatMap((tool) => encodeTool(tool, state))
  if (tools.length === 0) return {}
  const choice = encodeToolChoice(request, state)
  const parallel = request.parallelToolCalls
  return {
    tools,
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  }
}

function encodeTool(tool: Tool, state: EncodeState): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [finishTool({ type: 'function', function: encodeFunction(tool, state) }, tool, state)]
    case 'custom':
      return [finishTool(encodeCustom(tool, state), tool, state)]
    case 'provider': {
      if (tool.dialect === chatName) return [tool.value]
      state.dropped.add(toolWord(tool))
      return []
    }
    default:
      return tool satisfies never
  }
}

function finishTool(
  wire: JsonObject,
  tool: FunctionTool | CustomTool,
  state: EncodeState,
): JsonObject {
  return withLeftover(withCacheMark(wire, tool, state), tool.extensions, chatName)
}

function encodeFunction(tool: FunctionTool, { names, dropped }: EncodeState): JsonObject {
  const strict = strictFor(tool.strict, tool.parameters, dropped)
  return {
    name: names.sent(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...(tool.parameters === undefined ? {} : { parameters: schemaValue(tool.parameters) }),
    ...(strict === undefined ? {} : { strict }),
  }
}

/** A schema that came as JSON goes as JSON: its type is wider only so that authors can write it with a schema library. */
export function schemaValue(schema: Readonly<Record<string, unknown>>): JsonObject {
  return schema as JsonObject
}

function encodeCustom(tool: CustomTool, { names, variant }: EncodeState): JsonObject {
  const { description, format } = tool
  const head = {
    name: names.sent(tool.name),
    ...(description === undefined ? {} : { description }),
  }
  if (variant.customTools === 'functions') {
    return { type: 'function', function: { ...head, parameters: inputSchema(format) } }
  }
  const wire = {
    ...head,
    ...(format === undefined ? {} : { format: { type: 'grammar', grammar: { ...format } } }),
  }
  return { type: 'custom', custom: wire }
}

/** Free text as the one parameter of a function. A grammar can only be asked for. */
function inputSchema(format: CustomTool['format']): JsonObject {
  const described =
    format === undefined
      ? {}
      : { description: `Must match this ${format.syntax} grammar:\n${format.definition}` }
  return {
    type: 'object',
    properties: { input: { type: 'string', ...described } },
    required: ['input'],
    additionalProperties: false,
  }
}

function encodeToolChoice(
  { toolChoice: choice, tools = [] }: ChatRequest,
  state: EncodeState,
): JsonValue | undefined {
  if (choice === undefined) return undefined
  switch (choice.type) {
    case 'tool':
      return namedTool(choice.name, choice.kind, state)
    case 'allowed':
      return encodeAllowed(choice, tools, state)
    case 'provider':
      if (choice.dialect === chatName) return choice.value
      state.dropped.add('tool_choice')
      return undefined
    default:
      return choice.type
  }
}

function namedTool(
  name: string,
  kind: 'function' | 'custom',
  { names, variant }: EncodeState,
): JsonObject {
  const named = { name: names.sent(name) }
  return kind === 'custom' && variant.customTools === 'native'
    ? { type: 'custom', custom: named }
    : { type: 'function', function: named }
}

function encodeAllowed(
  choice: Extract<ToolChoice, { type: 'allowed' }>,
  tools: readonly Tool[],
  state: EncodeState,
): JsonObject {
  const isCustom = (name: string) =>
    tools.some((tool) => tool.type === 'custom' && tool.name === name)
  const allowed = choice.names.map((name) =>
    namedTool(name, isCustom(name) ? 'custom' : 'function', state),
  )
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: allowed } }
}
