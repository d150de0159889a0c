import {
  type ChatRequest,
  type EncodedRequest,
  isJsonObject,
  type JsonValue,
  type Tool,
  type ToolChoice,
} from '@jackfield/core'
import { decodeWire, type Protocol } from '../support/protocols.ts'
import { isSystem, mapMessages, mapParts, type Part, without } from './named-losses.ts'

type NamedTool = Exclude<Tool, { type: 'provider' }>

/**
 * What arrived, with everything changed back that the encoding says it has changed: names, tools of free text, the tool that gives the
 * answer its form. What a protocol demands and the client did not ask for is taken out.
 */
export function asClientSaid(
  to: Protocol,
  asked: ChatRequest,
  { body, changes = {} }: EncodedRequest,
): ChatRequest {
  const nameOf = (sent: string) => changes.toolNames?.get(sent) ?? sent
  const isCustom = (name: string) => changes.customTools?.has(name) === true
  const arrived = mapParts(decodeWire(to, body, asked), (part) => [
    callBack(part, nameOf, isCustom),
  ])
  const { tools, toolChoice, output } = arrived
  const back = tools?.map((tool) => toolBack(tool, { asked, nameOf, isCustom }))
  const listed = back?.filter((tool) => !('name' in tool) || tool.name !== changes.outputTool)
  const form = back?.find((tool) => 'name' in tool && tool.name === changes.outputTool)
  const restored = {
    ...arrived,
    ...(listed === undefined ? {} : { tools: listed }),
    ...(toolChoice === undefined ? {} : { toolChoice: choiceBack(toolChoice, nameOf, isCustom) }),
    ...(form?.type === 'function' && output === undefined
      ? { output: { type: 'json-schema', schema: form.parameters ?? {} } as const }
      : {}),
  }
  return [liftedMarks, withoutJsonWords, withoutDefaults].reduce(
    (said, step) => step(asked, said),
    restored,
  )
}

function callBack(
  part: Part,
  nameOf: (sent: string) => string,
  isCustom: (name: string) => boolean,
): Part {
  if (part.type !== 'tool-call' && part.type !== 'tool-result') return part
  if (part.name === undefined) return part
  const name = nameOf(part.name)
  if (!isCustom(name)) return { ...part, name }
  if (part.type === 'tool-result') return { ...part, name, kind: 'custom' }
  const value: JsonValue = JSON.parse(part.arguments)
  return {
    ...part,
    name,
    kind: 'custom',
    arguments: isJsonObject(value) ? String(value['input']) : '',
  }
}

interface ToolWay {
  readonly asked: ChatRequest
  readonly nameOf: (sent: string) => string
  readonly isCustom: (name: string) => boolean
}

/** A tool of free text that became a function is told whole, if the model can read all of it. */
function toolBack(tool: Tool, { asked, nameOf, isCustom }: ToolWay): Tool {
  if (tool.type === 'provider') return tool
  const named: NamedTool = { ...tool, name: nameOf(tool.name) }
  const own = asked.tools?.find((other) => other.type === 'custom' && other.name === named.name)
  if (tool.type === 'custom' || !isCustom(named.name) || own?.type !== 'custom') return named
  const told = JSON.stringify([tool.description, tool.parameters])
  const tells = (text: string | undefined) =>
    text !== undefined && told.includes(JSON.stringify(text).slice(1, -1))
  return {
    type: 'custom',
    name: named.name,
    ...(own.description !== undefined && tells(own.description)
      ? { description: own.description }
      : {}),
    ...(own.format !== undefined && tells(own.format.definition) ? { format: own.format } : {}),
    ...(tool.cache === undefined ? {} : { cache: tool.cache }),
  }
}

function choiceBack(
  choice: ToolChoice,
  nameOf: (sent: string) => string,
  isCustom: (name: string) => boolean,
): ToolChoice {
  if (choice.type === 'allowed') return { ...choice, names: choice.names.map(nameOf) }
  if (choice.type !== 'tool') return choice
  const name = nameOf(choice.name)
  return { ...choice, name, kind: isCustom(name) ? 'custom' : choice.kind }
}

/** A mark on a part of one protocol's own is inside it. */
function liftedMarks(_asked: ChatRequest, said: ChatRequest): ChatRequest {
  return mapParts(said, (part) => {
    if (part.type !== 'provider' || !isJsonObject(part.value)) return [part]
    const { cache_control: mark, ...value } = part.value
    if (!isJsonObject(mark)) return [part]
    const ttl = cacheTtls.find((known) => known === mark['ttl'])
    return [{ ...part, value, cache: ttl === undefined ? {} : { ttl } }]
  })
}

const cacheTtls = ['5m', '1h'] as const

/** Where JSON has no switch of its own, or where the switch demands a word in the prompt, the instructions ask for it. */
function withoutJsonWords(asked: ChatRequest, said: ChatRequest): ChatRequest {
  if (asked.output?.type !== 'json') return said
  const own = new Set(
    asked.messages.filter(isSystem).flatMap(({ content }) => content.map(({ text }) => text)),
  )
  const isAdded = (text: string) => !own.has(text) && text.includes('JSON')
  const hasAdded = said.messages.some(
    (message) => isSystem(message) && message.content.some(({ text }) => isAdded(text)),
  )
  const rest = mapMessages(said, (message) =>
    isSystem(message)
      ? { ...message, content: message.content.filter(({ text }) => !isAdded(text)) }
      : message,
  )
  return hasAdded ? { ...rest, output: asked.output } : rest
}

/** Anthropic demands a limit, and OpenAI stores answers unless it is told not to. */
function withoutDefaults(asked: ChatRequest, said: ChatRequest): ChatRequest {
  const stored = asked.store === undefined && said.store === false ? without(said, 'store') : said
  return asked.maxOutputTokens === undefined ? without(stored, 'maxOutputTokens') : stored
}
