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
import { toolWord } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { strictFor } from '../strict-schema.ts'
import { type EncodeState, withOwn } from './encode-content.ts'
import { nameWithin } from './namespaces.ts'

/** Which names OpenAI takes for tools (protocol reference 5.3). */
export const toolNameRule = { pattern: /^[A-Za-z0-9_-]+$/, maxLength: 64 }

type NamedTool = FunctionTool | CustomTool

/** Tools and what is said about them, which is only legal beside tools. */
export function encodeTools(request: ChatRequest, state: EncodeState): JsonObject {
  const tools = encodeToolList(request.tools ?? [], state)
  const brought = (request.tools ?? []).some(isLater)
  if (tools.length === 0 && !brought) return {}
  const choice = encodeToolChoice(request, state)
  const parallel = request.parallelToolCalls
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  }
}

/** Whether items of the conversation bring a tool along, so that it is not listed. */
function isLater(tool: Tool): boolean {
  return tool.type !== 'provider' && tool.extensions?.[responsesName]?.['later'] === true
}

function encodeToolList(tools: readonly Tool[], state: EncodeState): JsonObject[] {
  const list: JsonObject[] = []
  const namespaces = new Map<string, { readonly at: number; readonly tools: JsonObject[] }>()
  for (const tool of tools) {
    if (isLater(tool)) continue
    const namespace = namespaceOf(tool, state)
    if (namespace === undefined) {
      list.push(...encodeTool(tool, state))
      continue
    }
    const name = `${namespace['name']}`
    const known = namespaces.get(name) ?? { at: list.length, tools: [] }
    if (!namespaces.has(name)) {
      namespaces.set(name, known)
      list.push(namespace)
    }
    if (tool.type !== 'provider')
      known.tools.push(encodeNamed(tool, nameWithin(tool.name, name), state))
    list[known.at] = namespaceTool(namespace, known.tools)
  }
  return list
}

function namespaceTool(namespace: JsonObject, tools: readonly JsonObject[]): JsonObject {
  return { type: 'namespace', description: '', ...namespace, tools }
}

function namespaceOf(tool: Tool, { variant }: EncodeState): JsonObject | undefined {
  if (tool.type === 'provider' || !variant.namespaces) return undefined
  const namespace = tool.extensions?.[responsesName]?.['namespace']
  return isJsonObject(namespace) ? namespace : undefined
}

function encodeTool(tool: Tool, state: EncodeState): JsonObject[] {
  const { names, dropped } = state
  if (tool.type === 'provider') {
    if (tool.dialect === responsesName) return [tool.value]
    dropped.add(toolWord(tool))
    return []
  }
  if (tool.cache !== undefined) dropped.add('cache')
  return [encodeNamed(tool, names.sent(tool.name), state)]
}

function encodeNamed(tool: NamedTool, name: string, { dropped }: EncodeState): JsonObject {
  const described = tool.description === undefined ? {} : { description: tool.description }
  if (tool.type === 'custom') {
    const format = tool.format === undefined ? {} : { format: { type: 'grammar', ...tool.format } }
    return withOwn({ type: 'custom', name, ...described, ...format }, tool)
  }
  const wire = {
    type: 'function',
    name,
    ...described,
    parameters: tool.parameters ?? noParameters(tool.strict),
    // Left out, it may be taken for true, and most schemas are not made for that.
    strict: strictFor(tool.strict, tool.parameters, dropped) ?? false,
  }
  return withOwn(wire, tool)
}

function noParameters(strict: boolean | undefined): JsonObject {
  const closed = strict === true ? { additionalProperties: false } : {}
  return { type: 'object', properties: {}, ...closed }
}

function encodeToolChoice(request: ChatRequest, state: EncodeState): JsonValue | undefined {
  const { toolChoice: choice } = request
  if (choice === undefined) return undefined
  switch (choice.type) {
    case 'tool':
      return encodeChosen(choice.name, choice.kind, state)
    case 'allowed':
      return encodeAllowed(choice, request.tools ?? [], state)
    case 'provider':
      if (choice.dialect === responsesName) return choice.value
      state.dropped.add('tool_choice')
      return undefined
    default:
      return choice.type
  }
}

function encodeChosen(name: string, type: 'function' | 'custom', { names }: EncodeState) {
  return { type, name: names.sent(name) }
}

function encodeAllowed(
  choice: Extract<ToolChoice, { type: 'allowed' }>,
  tools: readonly Tool[],
  state: EncodeState,
): JsonObject {
  const isCustom = (name: string) =>
    tools.some((tool) => tool.type === 'custom' && tool.name === name)
  const allowed = choice.names.map((name) =>
    encodeChosen(name, isCustom(name) ? 'custom' : 'function', state),
  )
  return { type: 'allowed_tools', mode: choice.mode, tools: allowed }
}
