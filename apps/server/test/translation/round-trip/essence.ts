import {
  type ChatRequest,
  isJsonObject,
  type Message,
  type ReasoningRequest,
  type Tool,
} from '@jackfield/core'
import { isSystem, mapMessages, mapParts, type Part, without } from './named-losses.ts'

/**
 * What a request says, whatever it is written like: ids of calls by their order, arguments as values, marks on parts, neighbours of one
 * role as one message, and nothing that says nothing.
 */
export function essenceOf(request: ChatRequest): unknown {
  const steps = [bare, marksOnParts, withoutEmpty, merged, numbered, defaults]
  return JSON.parse(JSON.stringify(steps.reduce((said, step) => step(said), request)))
}

/** Of the labels of protocols and of origins nothing is told to a provider. */
function bare(request: ChatRequest): ChatRequest {
  const cleaned = mapParts(request, (part) => [cleanPart(part)])
  const { tools } = cleaned
  return without(
    {
      ...mapMessages(cleaned, (message) => without(message, 'extensions')),
      ...(tools === undefined ? {} : { tools: tools.map(cleanTool) }),
      model: '',
      includeUsage: false,
    },
    'extensions',
  )
}

/** Tools of free text are compared by what the model reads of them; see `mentions`. */
function cleanTool(tool: Tool): Tool {
  if (tool.type === 'provider') return tool
  const own = without(tool, 'extensions')
  if (own.type === 'custom') return own
  // No parameters, and an object that has none, are the same.
  const { properties } = own.parameters ?? { properties: {} }
  const isEmpty = isJsonObject(properties) && Object.keys(properties).length === 0
  return isEmpty ? { ...own, parameters: { type: 'object', properties: {} } } : own
}

function cleanPart(part: Part): Part {
  const own = without(part, 'extensions')
  if (own.type === 'tool-call' && own.kind === 'function') {
    return { ...own, arguments: JSON.stringify(JSON.parse(own.arguments || '{}')) }
  }
  if ('failed' in own && own.failed === false) return without(own, 'failed')
  if (!('state' in own) || own.state === undefined) return own
  return { ...own, state: own.state.map(({ kind, data }) => ({ kind, data })) }
}

function marksOnParts(request: ChatRequest): ChatRequest {
  return mapMessages(request, (message) => {
    const { cache, content } = message
    const last = content.at(-1)
    if (cache === undefined || last === undefined) return message
    const marked = [...content.slice(0, -1), { cache, ...last }]
    return without({ ...message, content: marked } as Message, 'cache')
  })
}

function withoutEmpty(request: ChatRequest): ChatRequest {
  const filled = mapParts(request, (part) =>
    part.type === 'text' && part.text.trim() === '' ? [] : [part],
  )
  return { ...filled, messages: filled.messages.filter(({ content }) => content.length > 0) }
}

function merged(request: ChatRequest): ChatRequest {
  const messages: Message[] = []
  for (const message of request.messages) {
    const last = messages.at(-1)
    const isSame = last?.role === message.role && last.name === message.name && !isSystem(message)
    if (last === undefined || !isSame) messages.push(message)
    else messages[messages.length - 1] = join(last, message)
  }
  return { ...request, messages }
}

function join(first: Message, second: Message): Message {
  return { ...first, content: [...first.content, ...second.content] } as Message
}

/** Protocols have their own rules for ids; what counts is which result answers which call. */
function numbered(request: ChatRequest): ChatRequest {
  const numbers = new Map<string, string>()
  return mapParts(request, (part) => {
    if (part.type !== 'tool-call' && part.type !== 'tool-result') return [part]
    const id = numbers.get(part.callId) ?? `call ${numbers.size}`
    numbers.set(part.callId, id)
    return [{ ...part, callId: id }]
  })
}

/** What is meant anyway need not be said. */
function defaults(request: ChatRequest): ChatRequest {
  const { reasoning } = request
  const asked = reasoning === undefined ? {} : { reasoning: { enabled: isAsked(reasoning) } }
  return unsaid.reduce(
    (said, { name, isUsual }) => (isUsual(said) ? without(said, name) : said),
    withOneChoice(withoutLooseness({ ...request, ...asked })),
  )
}

const unsaid: readonly {
  readonly name: keyof ChatRequest
  readonly isUsual: (request: ChatRequest) => boolean
}[] = [
  { name: 'temperature', isUsual: ({ temperature }) => temperature === 1 },
  { name: 'topP', isUsual: ({ topP }) => topP === 1 },
  { name: 'output', isUsual: ({ output }) => output?.type === 'text' },
  { name: 'serviceTier', isUsual: ({ serviceTier }) => serviceTier === 'auto' },
  {
    name: 'parallelToolCalls',
    isUsual: ({ parallelToolCalls, tools, toolChoice }) =>
      parallelToolCalls === true || tools === undefined || toolChoice?.type === 'none',
  },
  { name: 'toolChoice', isUsual: ({ toolChoice }) => toolChoice?.type === 'auto' },
]

/** Not strict is what schemas are that do not say so. */
function withoutLooseness(request: ChatRequest): ChatRequest {
  const { tools, output } = request
  const isLoose = output?.type === 'json-schema' && output.strict === false
  return {
    ...request,
    ...(isLoose ? { output: without(output, 'strict') } : {}),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map((tool) =>
            tool.type === 'function' && tool.strict === false ? without(tool, 'strict') : tool,
          ),
        }),
  }
}

/** To have to call one of one tool is to have to call that tool. */
function withOneChoice(request: ChatRequest): ChatRequest {
  const { toolChoice, tools = [] } = request
  if (toolChoice?.type !== 'allowed' || toolChoice.mode !== 'required') return request
  const [name, ...others] = toolChoice.names
  if (name === undefined || others.length > 0) return request
  const isCustom = tools.some((tool) => tool.type === 'custom' && tool.name === name)
  return { ...request, toolChoice: { type: 'tool', name, kind: isCustom ? 'custom' : 'function' } }
}

/** How much is thought is shown by the tables of the page; here only whether is compared. */
function isAsked({ enabled, effort, budget }: ReasoningRequest): boolean {
  return enabled ?? (effort === undefined ? budget !== 0 : effort !== 'none')
}
