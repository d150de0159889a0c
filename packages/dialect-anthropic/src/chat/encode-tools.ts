import type {
  ChatRequest,
  CustomTool,
  FunctionTool,
  JsonObject,
  ProviderTool,
  Tool,
  ToolChoice,
} from '@jackfield/core'
import { toolWord } from '@jackfield/dialect-kit'
import { withLeftover } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import { encodeMark } from './cache-mark.ts'
import type { EncodeState } from './encode-state.ts'
import { inputSchema, schemaValue } from './schema.ts'

/** What is sent about tools. */
export interface EncodedTools {
  readonly tools: readonly JsonObject[]
  readonly choice: JsonObject | undefined
}

/** Tools and what is said about them. `called` are the tools of the history, whose definitions the protocol demands beside it. */
export function encodeTools(
  request: ChatRequest,
  called: readonly string[],
  state: EncodeState,
): EncodedTools {
  const allowed = allowedTools(request)
  const tools = allowed.flatMap((tool) => encodeTool(tool, state))
  if (tools.length > 0) return { tools, choice: encodeChoice(request, state) }
  const bare = called.map((name) => ({ name, input_schema: inputSchema(undefined) }))
  return { tools: bare, choice: bare.length === 0 ? undefined : { type: 'none' } }
}

/** The protocol cannot name several tools of which one may be called, so the others are not sent. */
function allowedTools({ tools = [], toolChoice }: ChatRequest): readonly Tool[] {
  if (toolChoice?.type !== 'allowed') return tools
  const { names } = toolChoice
  return tools.filter((tool) => tool.type === 'provider' || names.includes(tool.name))
}

function encodeTool(tool: Tool, state: EncodeState): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [finishTool(encodeFunction(tool, state), tool)]
    case 'custom':
      return [finishTool(encodeCustom(tool, state), tool)]
    case 'provider':
      return encodeProviderTool(tool, state)
    default:
      return tool satisfies never
  }
}

function encodeProviderTool(
  { dialect, value }: ProviderTool,
  { dropped }: EncodeState,
): JsonObject[] {
  if (dialect === anthropicName) return [value]
  dropped.add(toolWord({ value }))
  return []
}

function finishTool(
  wire: JsonObject,
  { cache, extensions }: FunctionTool | CustomTool,
): JsonObject {
  const marked = cache === undefined ? wire : { ...wire, cache_control: encodeMark(cache) }
  return withLeftover(marked, extensions)
}

function encodeFunction(tool: FunctionTool, { toolName, facts, dropped }: EncodeState): JsonObject {
  const { strict, description, parameters } = tool
  const isSent = strict !== undefined && facts.structuredOutput
  if (strict === true && !isSent) dropped.add('strict')
  return {
    name: toolName(tool.name),
    ...(description === undefined ? {} : { description }),
    input_schema: inputSchema(parameters === undefined ? undefined : schemaValue(parameters)),
    ...(isSent ? { strict } : {}),
  }
}

/** A tool of free text as a function of one text; a grammar can only be asked for. */
function encodeCustom(
  { name, description, format }: CustomTool,
  { toolName }: EncodeState,
): JsonObject {
  const grammar =
    format === undefined
      ? ''
      : `The input must match this ${format.syntax} grammar:\n${format.definition}`
  const text = [description ?? '', grammar].filter((part) => part !== '').join('\n\n')
  return {
    name: toolName(name),
    ...(text === '' ? {} : { description: text }),
    input_schema: {
      type: 'object',
      properties: {
        input: { type: 'string', description: 'The input of the tool, as free text.' },
      },
      required: ['input'],
      additionalProperties: false,
    },
  }
}

/** Which tools to call, and whether several at once, which is said in the same object. */
function encodeChoice(request: ChatRequest, state: EncodeState): JsonObject | undefined {
  const { toolChoice, parallelToolCalls: parallel } = request
  const choice = toolChoice === undefined ? undefined : choiceOf(toolChoice, state)
  if (toolChoice?.type === 'provider' || parallel === undefined || choice?.['type'] === 'none') {
    return choice
  }
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: !parallel }
}

function choiceOf(choice: ToolChoice, { toolName, dropped }: EncodeState): JsonObject | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: toolName(choice.name) }
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' }
    case 'provider':
      if (choice.dialect === anthropicName) return choice.value
      dropped.add('tool_choice')
      return undefined
    default:
      return choice satisfies never
  }
}

/** Whether a choice demands a call, which providers refuse beside thinking. */
export function isForced(choice: JsonObject | undefined): boolean {
  return choice?.['type'] === 'any' || choice?.['type'] === 'tool'
}
