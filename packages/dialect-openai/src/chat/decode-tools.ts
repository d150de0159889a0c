import {
  type ChatRequest,
  type CustomTool,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  leftoverOf,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  type Path,
  readFunctionTool,
  refuse,
  refuseType,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { cacheOf } from './decode-part.ts'

const toolMembers = new Set(['type', 'function', 'custom'])
const functionMembers = new Set(['name', 'description', 'parameters', 'strict'])

/** `tools` and `tool_choice`, and the `functions` and `function_call` that came before them. */
export function decodeTools(
  wire: JsonObject,
): Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  const tools = [
    ...mapList(wire, 'tools', decodeTool),
    ...mapList(wire, 'functions', (value, path) =>
      readFunctionTool(requireObject(value, path), path),
    ),
  ]
  const choice = decodeToolChoice(wire)
  const parallel = optionalBoolean(wire, 'parallel_tool_calls')
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
  }
}

function mapList(
  wire: JsonObject,
  key: string,
  decode: (value: JsonValue, path: Path) => Tool,
): Tool[] {
  const place = { key }
  return (optionalArray(wire, key) ?? []).map((value, index) => decode(value, at(place, index)))
}

/** A tool is a function where it says so or, as Mistral clients send it, says nothing but has one. */
function decodeTool(value: JsonValue, path: Path): Tool {
  const wire = requireObject(value, path)
  const body = optionalObject(wire, 'function', path)
  const type = optionalString(wire, 'type', path) ?? (body === undefined ? undefined : 'function')
  if (type === undefined) return refuse(at(path, 'type'), 'must be a string, not missing')
  if (type === 'function') {
    const place = body === undefined ? path : at(path, 'function')
    return { ...readFunctionTool(body ?? wire, place), ...toolMarks(wire, body) }
  }
  const custom = optionalObject(wire, 'custom', path)
  if (type === 'custom' && custom !== undefined) return decodeCustom(wire, custom, path)
  return { type: 'provider', dialect: chatName, value: wire }
}

function toolMarks(wire: JsonObject, body: JsonObject | undefined) {
  if (body === undefined) return {}
  const inner = leftoverOf(body, functionMembers)
  const outer = leftoverOf(wire, toolMembers)
  const leftover = inner === undefined ? outer : { ...outer, function: inner }
  return { ...cacheOf(wire), ...asExtensions(leftover, chatName) }
}

function decodeCustom(wire: JsonObject, custom: JsonObject, path: Path): CustomTool {
  const place = at(path, 'custom')
  const description = optionalString(custom, 'description', place)
  const format = decodeGrammar(optionalObject(custom, 'format', place))
  return {
    type: 'custom',
    name: requireString(custom, 'name', place),
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format }),
    ...cacheOf(wire),
    ...asExtensions(leftoverOf(wire, toolMembers), chatName),
  }
}

/** `{type: 'text'}` is what a custom tool without a format takes. */
function decodeGrammar(format: JsonObject | undefined): CustomTool['format'] {
  const grammar = format?.['grammar']
  if (!isJsonObject(grammar)) return undefined
  const { syntax, definition } = grammar
  if (typeof definition !== 'string' || (syntax !== 'lark' && syntax !== 'regex')) return undefined
  return { syntax, definition }
}

function decodeToolChoice(wire: JsonObject): ToolChoice | undefined {
  const key = wire['tool_choice'] === undefined ? 'function_call' : 'tool_choice'
  const choice = wire[key]
  if (choice === undefined || choice === null) return undefined
  if (typeof choice === 'string') return decodeChoiceWord(choice, { key })
  if (!isJsonObject(choice)) return refuseType({ key }, 'a string or an object', choice)
  return key === 'function_call' ? namedTool(choice, 'function') : decodeChoiceObject(choice)
}

function decodeChoiceWord(word: string, path: Path): ToolChoice {
  switch (word) {
    case 'auto':
    case 'none':
    case 'required':
      return { type: word }
    case 'any': // Mistral's word
      return { type: 'required' }
    default:
      return refuse(path, 'must be "none", "auto", "required" or an object')
  }
}

function decodeChoiceObject(choice: JsonObject): ToolChoice {
  const { type, function: body, custom, allowed_tools: allowed } = choice
  if (type === 'custom' && isJsonObject(custom)) return namedTool(custom, 'custom')
  if (type === 'function' || (type === undefined && isJsonObject(body))) {
    return namedTool(isJsonObject(body) ? body : choice, 'function')
  }
  if (type === 'allowed_tools' && isJsonObject(allowed)) return allowedTools(allowed)
  if (type === 'auto' || type === 'none' || type === 'required') return { type }
  return { type: 'provider', dialect: chatName, value: choice }
}

function namedTool(holder: JsonObject, kind: 'function' | 'custom'): ToolChoice {
  const path = kind === 'custom' ? 'custom' : 'function'
  return {
    type: 'tool',
    kind,
    name: requireString(holder, 'name', at({ key: 'tool_choice' }, path)),
  }
}

function allowedTools(allowed: JsonObject): ToolChoice {
  const path = at({ key: 'tool_choice' }, 'allowed_tools')
  const place = at(path, 'tools')
  const names = (optionalArray(allowed, 'tools', path) ?? []).map((item, index) => {
    const tool = requireObject(item, at(place, index))
    const holder = tool['function'] ?? tool['custom'] ?? tool
    return requireString(requireObject(holder, at(place, index)), 'name', at(place, index))
  })
  return { type: 'allowed', mode: allowed['mode'] === 'required' ? 'required' : 'auto', names }
}
