import {
  type ChatRequest,
  type CustomTool,
  type FunctionTool,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  isArray,
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
import { responsesName } from '../names.ts'
import { toolsBrought } from './item-kinds.ts'
import { flatName } from './namespaces.ts'

const functionMembers = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const customMembers = new Set(['type', 'name', 'description', 'format'])

/**
 * `tools` and what is said about them. The tools of a namespace become tools of their own that remember it; tools that items of
 * the conversation bring along become tools of the request that remember that they need not be sent here.
 */
export function decodeTools(
  wire: JsonObject,
): Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  const listed = decodeToolList(optionalArray(wire, 'tools') ?? [], { key: 'tools' })
  const tools = [...listed, ...laterTools(wire['input'], namesOf(listed))]
  const choice = decodeToolChoice(wire['tool_choice'])
  const parallel = optionalBoolean(wire, 'parallel_tool_calls')
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
  }
}

function decodeToolList(list: readonly JsonValue[], path: Path): Tool[] {
  return list.flatMap((value, index) => {
    const place = at(path, index)
    return decodeTool(requireObject(value, place), place)
  })
}

function decodeTool(wire: JsonObject, path: Path): Tool[] {
  switch (requireString(wire, 'type', path)) {
    case 'function':
      return [decodeFunction(wire, path)]
    case 'custom':
      return [decodeCustom(wire, path)]
    case 'namespace':
      return decodeNamespace(wire, path)
    default:
      return [{ type: 'provider', dialect: responsesName, value: wire }]
  }
}

/** Flat here; clients that carry Chat's form over have it in `function`. */
function decodeFunction(wire: JsonObject, path: Path): FunctionTool {
  const nested = wire['function']
  const body = isJsonObject(nested) ? nested : wire
  const left = isJsonObject(nested) ? undefined : leftoverOf(wire, functionMembers)
  return {
    ...readFunctionTool(body, path),
    ...asExtensions(left, responsesName),
  }
}

function decodeCustom(wire: JsonObject, path: Path): CustomTool {
  const description = optionalString(wire, 'description', path)
  const format = decodeGrammar(optionalObject(wire, 'format', path))
  return {
    type: 'custom',
    name: requireString(wire, 'name', path),
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format }),
    ...asExtensions(leftoverOf(wire, customMembers), responsesName),
  }
}

/** `{type: 'text'}` is what a custom tool without a format takes. */
function decodeGrammar(format: JsonObject | undefined): CustomTool['format'] {
  const { syntax, definition } = format ?? {}
  if (typeof definition !== 'string' || (syntax !== 'lark' && syntax !== 'regex')) return undefined
  return { syntax, definition }
}

function decodeNamespace(wire: JsonObject, path: Path): Tool[] {
  const name = requireString(wire, 'name', path)
  const description = optionalString(wire, 'description', path)
  const namespace = { name, ...(description === undefined ? {} : { description }) }
  const tools = decodeToolList(optionalArray(wire, 'tools', path) ?? [], at(path, 'tools'))
  return tools.map((tool) => (tool.type === 'provider' ? tool : within(tool, namespace)))
}

function within(tool: FunctionTool | CustomTool, namespace: JsonObject): Tool {
  const own = { ...tool.extensions?.[responsesName], namespace }
  const name = `${namespace['name']}`
  return { ...tool, name: flatName(tool.name, name), extensions: { [responsesName]: own } }
}

function namesOf(tools: readonly Tool[]): Set<string> {
  return new Set(tools.flatMap((tool) => (tool.type === 'provider' ? [] : [tool.name])))
}

/** Tools in `additional_tools` and in what a tool search found. The first tool of a name counts. */
function laterTools(input: JsonValue | undefined, taken: Set<string>): Tool[] {
  if (!isArray(input)) return []
  return input.flatMap((item, index) => {
    const tools = isJsonObject(item) ? toolsBrought(item) : []
    const path = at(at({ key: 'input' }, index), 'tools')
    return decodeToolList(tools, path).flatMap((tool) => asLater(tool, taken))
  })
}

function asLater(tool: Tool, taken: Set<string>): Tool[] {
  if (tool.type === 'provider' || taken.has(tool.name)) return []
  taken.add(tool.name)
  const own = { ...tool.extensions?.[responsesName], later: true }
  return [{ ...tool, extensions: { [responsesName]: own } }]
}

function decodeToolChoice(choice: JsonValue | undefined): ToolChoice | undefined {
  const path = { key: 'tool_choice' }
  if (choice === undefined || choice === null) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  if (typeof choice === 'string') {
    return refuse(path, 'must be "none", "auto", "required" or an object')
  }
  if (!isJsonObject(choice)) return refuseType(path, 'a string or an object', choice)
  return decodeChoiceObject(choice, path)
}

function decodeChoiceObject(choice: JsonObject, path: Path): ToolChoice {
  const { type } = choice
  if (type === 'auto' || type === 'none' || type === 'required') return { type }
  if (type === 'function' || type === 'custom') {
    return { type: 'tool', kind: type, name: nameIn(choice, type, path) }
  }
  if (type !== 'allowed_tools') return { type: 'provider', dialect: responsesName, value: choice }
  const listed = (optionalArray(choice, 'tools', path) ?? []).filter(isJsonObject)
  const isNamed = listed.every((tool) => tool['type'] === 'function' || tool['type'] === 'custom')
  if (!isNamed) return { type: 'provider', dialect: responsesName, value: choice }
  const names = listed.map((tool, index) =>
    nameIn(tool, `${tool['type']}`, at(at(path, 'tools'), index)),
  )
  return { type: 'allowed', mode: choice['mode'] === 'required' ? 'required' : 'auto', names }
}

/** Flat here; as Chat has it too. */
function nameIn(choice: JsonObject, type: string, path: Path): string {
  const holder = choice[type]
  const namespace = optionalString(choice, 'namespace', path)
  const body = isJsonObject(holder) ? holder : choice
  return flatName(requireString(body, 'name', path), namespace)
}
