import {
  type ChatRequest,
  type FunctionTool,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import {
  at,
  extensionsOf,
  isArray,
  leftoverOf,
  optionalArray,
  optionalObject,
  optionalString,
  type Path,
  refuseType,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { jsonSchemaOf } from './json-schema.ts'

const functionMembers = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** The tools: functions that the client runs, and everything else in the list as Google's own. */
export function decodeTools(wire: JsonObject): Pick<ChatRequest, 'tools'> {
  const { tools } = wire
  if (tools === undefined || tools === null) return {}
  const path = { key: 'tools' }
  const list = isJsonObject(tools) ? [tools] : tools
  if (!isArray(list)) return refuseType(path, 'an array', tools)
  const read = list.flatMap((item, index) =>
    decodeElement(requireObject(item, at(path, index)), at(path, index)),
  )
  return read.length === 0 ? {} : { tools: read }
}

function decodeElement(element: JsonObject, path: Path): Tool[] {
  return Object.entries(element).flatMap(([name, value]): Tool[] => {
    if (value === null) return []
    if (name !== 'functionDeclarations') {
      return [{ type: 'provider', dialect: geminiName, value: { [name]: value } }]
    }
    const place = at(path, name)
    const list = optionalArray(element, name, path) ?? []
    return list.map((item, index) => decodeFunction(item, at(place, index)))
  })
}

function decodeFunction(value: JsonValue, path: Path): FunctionTool {
  const wire = requireObject(value, path)
  const description = optionalString(wire, 'description', path) ?? ''
  const schema = optionalObject(wire, 'parametersJsonSchema', path)
  const written = schema ?? optionalObject(wire, 'parameters', path)
  // Clients write the types of the subset into JSON Schema, too (`OBJECT`).
  const parameters = written === undefined ? undefined : jsonSchemaOf(written)
  return {
    type: 'function',
    name: requireString(wire, 'name', path),
    ...(description === '' ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...extensionsOf(wire, functionMembers, geminiName),
  }
}

/** What a `toolConfig` says of the choice of tools, and the rest of it. */
export interface ToolConfigReading {
  readonly choice?: ToolChoice
  readonly leftover?: JsonObject
}

const configMembers = new Set(['functionCallingConfig'])
const callingMembers = new Set(['mode', 'allowedFunctionNames'])

export function decodeToolConfig(wire: JsonObject): ToolConfigReading {
  const config = optionalObject(wire, 'toolConfig')
  if (config === undefined) return {}
  const path = { key: 'toolConfig' }
  const calling = optionalObject(config, 'functionCallingConfig', path) ?? {}
  const choice = choiceOf(calling, at(path, 'functionCallingConfig'))
  const inner = choice?.type === 'provider' ? undefined : leftoverOf(calling, callingMembers)
  const outer = leftoverOf(config, configMembers)
  const leftover = inner === undefined ? outer : { ...outer, functionCallingConfig: inner }
  return {
    ...(choice === undefined ? {} : { choice }),
    ...(leftover === undefined ? {} : { leftover }),
  }
}

function choiceOf(calling: JsonObject, path: Path): ToolChoice | undefined {
  const mode = optionalString(calling, 'mode', path)?.toUpperCase()
  const place = at(path, 'allowedFunctionNames')
  const names = (optionalArray(calling, 'allowedFunctionNames', path) ?? []).map((name, index) =>
    typeof name === 'string' ? name : refuseType(at(place, index), 'a string', name),
  )
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'AUTO':
      return { type: 'auto' }
    case 'NONE':
      return { type: 'none' }
    case 'ANY':
      return requiredOf(names)
    case 'VALIDATED':
      if (names.length > 0) return { type: 'allowed', mode: 'auto', names }
      return { type: 'provider', dialect: geminiName, value: calling }
    default:
      return { type: 'provider', dialect: geminiName, value: calling }
  }
}

function requiredOf(names: readonly string[]): ToolChoice {
  const [only, second] = names
  if (only === undefined) return { type: 'required' }
  if (second === undefined) return { type: 'tool', name: only, kind: 'function' }
  return { type: 'allowed', mode: 'required', names }
}
