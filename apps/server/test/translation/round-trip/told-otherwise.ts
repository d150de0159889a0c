import type {
  AssistantMessage,
  AssistantPart,
  ChatRequest,
  MediaPart,
  Message,
  SystemMessage,
  TextPart,
  Tool,
  ToolResultPart,
} from '@jackfield/core'
import type { Protocol } from '../support/protocols.ts'
import { isSystem, mapMessages, mapParts, type Part, without } from './named-losses.ts'

/**
 * What a protocol says in another way than it was said, and what it has no need to say: the documented changes of meaning, each of
 * which stands in docs/reference/translation.md. Everything else must arrive as it was, or be named.
 */
export function toldOtherwise(to: Protocol, request: ChatRequest): ChatRequest {
  return changes[to].reduce((said, change) => change(said), request)
}

type Change = (request: ChatRequest) => ChatRequest

/** Reasoning of earlier turns goes back only to who made it, with the state that shows that. */
function onlyReasoningOf(kinds: readonly string[], dialect: string): Change {
  return (request) =>
    mapParts(request, (part) => {
      if (part.type !== 'reasoning') return [part]
      const own = (part.state ?? []).filter(
        ({ kind, origin }) =>
          kinds.includes(kind) && (origin === undefined || origin.dialect === dialect),
      )
      if (own.length === 0) return []
      const isRedacted = own.every(({ kind }) => kind === 'redacted-thinking')
      return [{ ...part, ...(isRedacted ? { text: '' } : {}), state: own }]
    })
}

const isMedia = (part: Part): part is MediaPart => 'source' in part

/** A file of plain text is text where there are no such files. */
const filesAsText: Change = (request) =>
  mapParts(request, (part) =>
    isMedia(part) && part.source.kind === 'text'
      ? [
          {
            type: 'text',
            text: part.source.text,
            ...('cache' in part ? { cache: part.cache ?? {} } : {}),
          },
        ]
      : [part],
  )

const objectsAsText: Change = (request) =>
  mapResults(request, (result) => {
    const { structured } = result
    if (structured === undefined) return [result]
    const text = JSON.stringify(structured)
    return [{ ...without(result, 'structured'), content: [{ type: 'text', text }] }]
  })

/** Where no flag says that a call failed, the text does. */
const failuresInText: Change = (request) =>
  mapResults(request, (result) => {
    if (result.failed !== true) return [without(result, 'failed')]
    const rest = without(result, 'failed')
    const [first, ...others] = result.content
    if (first === undefined) return [{ ...rest, content: [{ type: 'text', text: 'Error' }] }]
    if (first.type !== 'text') return [rest]
    const says = first.text.slice(0, 40).toLowerCase().includes('error')
    const text = says ? first.text : `Error: ${first.text}`
    return [{ ...rest, content: [{ ...first, text }, ...others] }]
  })

function mapResults(
  request: ChatRequest,
  map: (result: ToolResultPart) => readonly ToolResultPart[],
): ChatRequest {
  return mapMessages(request, (message) =>
    message.role === 'tool' ? { ...message, content: message.content.flatMap(map) } : message,
  )
}

/** Reasoning first, then what was said, then refusals and calls: a message of Chat has a member for each. */
const inMembers: Change = (request) =>
  mapAssistant(request, (content) => [
    ...content.filter(({ type }) => type !== 'refusal' && type !== 'tool-call'),
    ...content.filter(({ type }) => type === 'refusal'),
    ...content.filter(({ type }) => type === 'tool-call'),
  ])

function mapAssistant(
  request: ChatRequest,
  map: (content: AssistantMessage['content']) => readonly AssistantPart[],
): ChatRequest {
  return mapMessages(request, (message) =>
    message.role === 'assistant' ? { ...message, content: map(message.content) } : message,
  )
}

const refusalsAsText: Change = (request) =>
  mapParts(request, (part) =>
    part.type === 'refusal' ? [{ type: 'text', text: part.text }] : [part],
  )

/** Where results hold only texts, media follow in a message of the user. */
const mediaBehind: Change = (request) => {
  const messages: Message[] = []
  let waiting: Part[] = []
  const flush = () => {
    if (waiting.length > 0) messages.push({ role: 'user', content: waiting } as Message)
    waiting = []
  }
  for (const message of request.messages) {
    if (message.role !== 'tool') {
      flush()
      messages.push(message)
      continue
    }
    const content = message.content.map((result) => {
      const media = result.content.filter(isMedia)
      if (media.length > 0) waiting.push(label(result.callId), ...media)
      const texts = result.content.filter((part) => !isMedia(part))
      return { ...result, content: texts.length === 0 && media.length > 0 ? [placeholder] : texts }
    })
    messages.push({ ...message, content })
  }
  flush()
  return { ...request, messages }
}

const placeholder: TextPart = { type: 'text', text: 'The output is in the next user message.' }

function label(callId: string): TextPart {
  return { type: 'text', text: `Output of tool call ${callId}:` }
}

/** The protocol guesses the type of what is behind a URL. */
const untypedUrls: Change = (request) =>
  mapParts(request, (part) =>
    isMedia(part) && part.source.kind === 'url'
      ? [{ ...part, source: { kind: 'url', url: part.source.url } }]
      : [part],
  )

/** One place for all instructions. */
const oneSystem: Change = (request) => {
  const system = request.messages.filter(isSystem)
  if (system.length === 0) return request
  const content = system.flatMap((message): TextPart[] => {
    const last = message.content.at(-1)
    if (message.cache === undefined || last === undefined) return [...message.content]
    return [...message.content.slice(0, -1), { cache: message.cache, ...last }]
  })
  const message: SystemMessage = { role: 'system', content }
  return {
    ...request,
    messages: [message, ...request.messages.filter((other) => !isSystem(other))],
  }
}

/** Models that take instructions in mid conversation take them behind what the user says. */
const systemInPlace: Change = (request) => {
  if (request.model !== 'claude-opus-4-8') return oneSystem(request)
  const start = request.messages.findIndex((message) => !isSystem(message))
  const front = oneSystem({ ...request, messages: request.messages.slice(0, start) })
  const late = request.messages.slice(start)
  for (const [index, message] of late.entries()) {
    const next = late[index + 1]
    if (!isSystem(message) || next?.role !== 'user') continue
    late.splice(index, 2, next, { ...message, role: 'system' })
  }
  return { ...request, messages: [...front.messages, ...late] }
}

/** The names of a schema are labels; its description is told inside it. */
const namelessSchema: Change = (request) => {
  const { output } = request
  if (output?.type !== 'json-schema') return request
  const { schema, description } = output
  const described = description === undefined ? schema : { description, ...schema }
  return { ...request, output: { type: 'json-schema', schema: described } }
}

const namedSchema: Change = (request) => {
  const { output } = request
  if (output?.type !== 'json-schema') return request
  return { ...request, output: { name: 'response', ...output } }
}

/** A choice among some tools is made by leaving out the others. */
const onlyAllowed: Change = (request) => {
  const { toolChoice, tools } = request
  if (toolChoice?.type !== 'allowed' || tools === undefined) return request
  const isAllowed = (tool: Tool) => tool.type === 'provider' || toolChoice.names.includes(tool.name)
  return {
    ...request,
    tools: tools.filter(isAllowed),
    toolChoice: { type: toolChoice.mode },
  }
}

/** Reasoning is a digest where the protocol knows no other. */
const digests: Change = (request) =>
  mapParts(request, (part) => (part.type === 'reasoning' ? [{ ...part, form: 'summary' }] : [part]))

/** A failure without a text is told before what the result shows. */
const failuresBefore: Change = (request) =>
  mapResults(request, (result) => {
    const [first] = result.content
    if (result.failed !== true || first === undefined || first.type === 'text') return [result]
    const error: TextPart = { type: 'text', text: 'Error:' }
    return [{ ...without(result, 'failed'), content: [error, ...result.content] }]
  })

/** Bytes must have a name. */
const filesNamed: Change = (request) =>
  mapParts(request, (part) =>
    part.type === 'file' && part.source.kind === 'base64'
      ? [{ name: 'file.pdf', ...part }]
      : [part],
  )

/** An amount that is left to the model is not said. */
const openAmount: Change = (request) =>
  request.reasoning?.budget === 'dynamic' ? without(request, 'reasoning') : request

/** A model that cannot be kept from thinking thinks as little as it can. */
const alwaysThinking: Change = (request) =>
  request.reasoning === undefined || isOlderGemini(request)
    ? request
    : { ...request, reasoning: { enabled: true } }

const textsAsBytes: Change = (request) =>
  mapParts(request, (part) => {
    if (!isMedia(part) || part.source.kind !== 'text') return [part]
    const { mediaType, text } = part.source
    const data = Buffer.from(text).toString('base64')
    return [{ ...part, source: { kind: 'base64', mediaType, data } }]
  })

/** A result has one text. */
const joinedResults: Change = (request) =>
  mapResults(request, (result) => {
    const texts = result.content.filter((part) => part.type === 'text')
    const [first] = texts
    if (first === undefined) return [result]
    const text = texts.map((part) => part.text).join('\n')
    return [{ ...result, content: [{ ...first, text }, ...result.content.filter(isMedia)] }]
  })

/** An error has a text. */
const failuresToldInGemini: Change = (request) =>
  mapResults(request, (result) => {
    const says =
      result.content.some((part) => part.type === 'text') || result.structured !== undefined
    if (result.failed !== true || says) return [result]
    return [{ ...result, content: [{ type: 'text', text: 'The call failed.' }, ...result.content] }]
  })

/** Models before Gemini 3 take no media in results, and can be kept from thinking. */
function isOlderGemini({ model }: ChatRequest): boolean {
  return model.startsWith('gemini-2.5')
}

/** What is only named by a URL follows the results, at the front of what the user then says. */
const linksBehind: Change = (request) => {
  const isBehind = (part: Part) =>
    isMedia(part) && (isOlderGemini(request) || part.source.kind === 'url')
  const isLinked = ({ content }: ToolResultPart) => content.some(isBehind)
  return {
    ...request,
    messages: request.messages.flatMap((message): Message[] => {
      if (message.role !== 'tool') return [message]
      const behind = message.content
        .filter(isLinked)
        .flatMap(({ callId, content }) => [label(callId), ...content.filter(isMedia)])
      const content = message.content.map((result) =>
        isLinked(result)
          ? { ...result, content: result.content.filter((part) => !isMedia(part)) }
          : result,
      )
      return [
        { ...message, content },
        ...(behind.length === 0 ? [] : [{ role: 'user', content: behind } as const]),
      ]
    }),
  }
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
}

/** The type of what is behind a URL is told by its ending. */
const typedUrls: Change = (request) =>
  mapParts(request, (part) => {
    if (!isMedia(part) || part.source.kind !== 'url') return [part]
    const mediaType = types[part.source.url.split('.').at(-1) ?? ''] ?? ''
    return [{ ...part, source: { mediaType, ...part.source } }]
  })

/** A failure says that it is one. */
const failuresSaySomething: Change = (request) =>
  mapResults(request, (result) =>
    result.failed === true && result.content.length === 0
      ? [{ ...result, content: [{ type: 'text', text: 'Error' }] }]
      : [result],
  )

const coolEnough: Change = (request) =>
  request.temperature === undefined
    ? request
    : { ...request, temperature: Math.min(1, request.temperature) }

const changes: Readonly<Record<Protocol, readonly Change[]>> = {
  chat: [
    onlyReasoningOf([], ''),
    objectsAsText,
    mediaBehind,
    failuresInText,
    filesAsText,
    inMembers,
    untypedUrls,
    namedSchema,
  ],
  responses: [
    onlyReasoningOf(['encrypted-content'], 'openai-responses'),
    objectsAsText,
    failuresBefore,
    failuresInText,
    filesNamed,
    openAmount,
    filesAsText,
    untypedUrls,
    namedSchema,
  ],
  gemini: [
    onlyReasoningOf(['thought-signature'], 'gemini'),
    digests,
    failuresToldInGemini,
    linksBehind,
    textsAsBytes,
    joinedResults,
    typedUrls,
    alwaysThinking,
    oneSystem,
    refusalsAsText,
    namelessSchema,
  ],
  anthropic: [
    digests,
    failuresSaySomething,
    onlyReasoningOf(['signature', 'redacted-thinking'], 'anthropic-messages'),
    objectsAsText,
    systemInPlace,
    refusalsAsText,
    untypedUrls,
    namelessSchema,
    onlyAllowed,
    coolEnough,
  ],
}
