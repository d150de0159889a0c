import {
  type ChatRequest,
  isJsonObject,
  type Message,
  type ProviderPart,
  type SystemMessage,
} from '@jackfield/core'

export type Part = Message['content'][number]

/** Members of a request by the names under which their loss is told: those that Chat gives them. */
const members: Readonly<Record<string, keyof ChatRequest>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  logprobs: 'logprobs',
  stop: 'stop',
  verbosity: 'verbosity',
  user: 'endUser',
  prompt_cache_key: 'cacheKey',
  service_tier: 'serviceTier',
  metadata: 'metadata',
  store: 'store',
  parallel_tool_calls: 'parallelToolCalls',
  response_format: 'output',
  tool_choice: 'toolChoice',
  modalities: 'modalities',
  reasoning: 'reasoning',
  reasoning_effort: 'reasoning',
}

/** The request without what `dropped` names. What is named although it is not there changes nothing. */
export function withoutNamed(request: ChatRequest, name: string): ChatRequest {
  const member = members[name]
  if (member !== undefined) return without(request, member)
  switch (name) {
    case 'cache':
      return withoutCache(request)
    case 'name':
      return mapMessages(request, (message) => without(message, 'name'))
    case 'system_position':
      return { ...request, messages: systemFirst(request.messages) }
    case 'strict':
      return withoutStrict(request)
    case 'filename':
      return mapParts(request, (part) => ('source' in part ? [without(part, 'name')] : [part]))
    case 'detail':
      return mapParts(request, (part) => ('detail' in part ? [without(part, 'detail')] : [part]))
    default:
      return mapParts(request, (part) => (isNamed(part, name) ? [] : [part]))
  }
}

function withoutStrict(request: ChatRequest): ChatRequest {
  const { tools, output } = request
  const isStrict = output?.type === 'json-schema' && output.strict === true
  return {
    ...request,
    ...(isStrict ? { output: without(output, 'strict') } : {}),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map((tool) =>
            tool.type === 'function' && tool.strict === true ? without(tool, 'strict') : tool,
          ),
        }),
  }
}

function withoutCache(request: ChatRequest): ChatRequest {
  const bare = mapMessages(
    mapParts(request, (part) => [without(part, 'cache')]),
    (message) => without(message, 'cache'),
  )
  const { tools } = bare
  if (tools === undefined) return bare
  return {
    ...bare,
    tools: tools.map((tool) => (tool.type === 'provider' ? tool : without(tool, 'cache'))),
  }
}

function isNamed(part: Part, name: string): boolean {
  return part.type === 'provider'
    ? typeOfProvider(part) === name
    : part.type === name && 'source' in part
}

function typeOfProvider({ value }: ProviderPart): string {
  const type = isJsonObject(value) ? value['type'] : undefined
  return typeof type === 'string' ? type : 'provider part'
}

/** Instructions before everything else, as protocols want it that have one place for them. */
function systemFirst(messages: readonly Message[]): readonly Message[] {
  return [...messages.filter(isSystem), ...messages.filter((message) => !isSystem(message))]
}

export function isSystem(message: Message): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer'
}

export function mapMessages(request: ChatRequest, map: (message: Message) => Message): ChatRequest {
  return { ...request, messages: request.messages.map(map) }
}

/** Maps every part, also those inside results of tools. */
export function mapParts(request: ChatRequest, map: (part: Part) => readonly Part[]): ChatRequest {
  return mapMessages(request, (message) => {
    const content = message.content.flatMap((part) =>
      map(part).map((mapped) =>
        mapped.type === 'tool-result'
          ? { ...mapped, content: mapped.content.flatMap((inner) => map(inner)) }
          : mapped,
      ),
    )
    // A mapping gives parts of the kind that it was given.
    return { ...message, content } as Message
  })
}

export function without<T extends object, Key extends string>(object: T, key: Key): T {
  if (!Object.hasOwn(object, key)) return object
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) as T
}
