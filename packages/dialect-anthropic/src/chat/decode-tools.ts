import {
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import {
  at,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  type Path,
  readFunctionTool,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { anthropicName } from '../names.ts'
import { marksOf } from './decode-media.ts'
import type { Reading } from './reading.ts'

const toolMembers = new Set([
  ...['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'],
])
const choiceMembers = new Set(['type', 'name', 'disable_parallel_tool_use'])

export function decodeTools(wire: JsonObject): Pick<ChatRequest, 'tools'> {
  const place = { key: 'tools' }
  const tools = (optionalArray(wire, 'tools') ?? []).map((value, index) =>
    decodeTool(value, at(place, index)),
  )
  return tools.length === 0 ? {} : { tools }
}

/** A tool of the client has no type or `custom`; every other is Anthropic's own, whether it or the client runs it. */
function decodeTool(value: JsonValue, path: Path): Tool {
  const wire = requireObject(value, path)
  const type = optionalString(wire, 'type', path)
  if (type !== undefined && type !== 'custom') {
    return { type: 'provider', dialect: anthropicName, value: wire }
  }
  return { ...readFunctionTool(wire, path, 'input_schema'), ...marksOf(wire, toolMembers) }
}

/** `tool_choice`, and whether several tools may be called at once, which is said inside it. */
export function decodeToolChoice(wire: JsonObject): Reading {
  const choice = optionalObject(wire, 'tool_choice')
  if (choice === undefined) return { asked: {}, rest: {} }
  const disabled = optionalBoolean(choice, 'disable_parallel_tool_use', { key: 'tool_choice' })
  const known = choiceOf(choice)
  const isUnknown = known.type === 'provider'
  const rest = Object.entries(choice).filter(
    ([name, value]) => !choiceMembers.has(name) && value !== null,
  )
  return {
    asked: {
      toolChoice: known,
      ...(disabled === undefined || isUnknown ? {} : { parallelToolCalls: !disabled }),
    },
    rest: isUnknown || rest.length === 0 ? {} : { tool_choice: Object.fromEntries(rest) },
  }
}

function choiceOf(choice: JsonObject): ToolChoice {
  const path = { key: 'tool_choice' }
  switch (requireString(choice, 'type', path)) {
    case 'auto':
      return { type: 'auto' }
    case 'none':
      return { type: 'none' }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type: 'tool', kind: 'function', name: requireString(choice, 'name', path) }
    default:
      return { type: 'provider', dialect: anthropicName, value: choice }
  }
}

/** Names of the tools in a list of them, for whoever adds one. */
export function toolNamesIn(tools: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(tools)) return []
  return tools
    .filter(isJsonObject)
    .map(({ name }) => name)
    .filter((name) => typeof name === 'string')
}
