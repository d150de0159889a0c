import type {
  ChatRequest,
  JsonObject,
  Message,
  ReasoningEffort,
  ReasoningRequest,
  SystemMessage,
} from '@jackfield/core'

/** Member of a request's body with which a client says the probability for one call. */
const probabilityMember = '_temp_hybrid_reasoning_probability'

/** The sentence before the reasoning in the instructions of the execution model. */
const introduction = 'Consider this reasoning when formulating your response:'

/** A request without what only this backend reads, and that. */
export interface ReadRequest {
  readonly request: ChatRequest
  /** In [0, 1]; absent where the client does not say one. */
  readonly probability?: number
}

/** Takes the client's own probability out of a request, so that no provider sees it. */
export function readRequest(request: ChatRequest): ReadRequest {
  const { extensions } = request
  const said = Object.values(extensions ?? {}).find((own) => probabilityMember in own)
  if (said === undefined) return { request }
  const entries = Object.entries(extensions ?? {}).map(([dialect, own]) => {
    const { [probabilityMember]: _, ...rest }: JsonObject = own
    return [dialect, rest] as const
  })
  const value = said[probabilityMember]
  const isValid = typeof value === 'number' && value >= 0 && value <= 1
  return {
    request: { ...request, extensions: Object.fromEntries(entries) },
    ...(isValid ? { probability: value } : {}),
  }
}

/**
 * What the reasoning model is asked: the same, streamed, with its reasoning shown. The form of the answer is no affair of it; providers
 * that make a form of a tool would not let it think.
 */
export function reasoningRequest(
  { output: _, ...request }: ChatRequest,
  selector: string,
): ChatRequest {
  const { reasoning = {} } = request
  const { show } = reasoning
  const isShown = show !== undefined && show !== false
  return {
    ...request,
    model: selector,
    stream: true,
    includeUsage: request.includeUsage || !request.stream,
    reasoning: isShown ? reasoning : { ...reasoning, show: true },
  }
}

/** What the execution model is asked: the same, with the thought in its instructions. */
export function executionRequest(
  request: ChatRequest,
  selector: string,
  { thought, repeats }: { readonly thought: string; readonly repeats: boolean },
): ChatRequest {
  const messages = withInstruction(request.messages, `${introduction}\n\n${tagged(thought)}`)
  const repeated: Message = {
    role: 'assistant',
    content: [{ type: 'reasoning', form: 'raw', text: thought }],
  }
  return { ...request, model: selector, messages: repeats ? [...messages, repeated] : messages }
}

/** The request with an effort; the same object where it says already how much is to be thought. */
export function withEffort(request: ChatRequest, effort: ReasoningEffort): ChatRequest {
  const { reasoning } = request
  return isSaid(reasoning) ? request : { ...request, reasoning: { ...reasoning, effort } }
}

function isSaid({ enabled, effort, budget }: ReasoningRequest = {}): boolean {
  return enabled !== undefined || effort !== undefined || budget !== undefined
}

/** Long thoughts have their tags on lines of their own. */
function tagged(thought: string): string {
  const isLong = thought.includes('\n') || thought.startsWith('<')
  const body = isLong ? `\n${thought}\n` : thought
  return `<reasoning>${body}</reasoning>`
}

/** Appends to the first instructions, or puts some in front. */
function withInstruction(messages: readonly Message[], text: string): readonly Message[] {
  const at = messages.findIndex(({ role }) => role === 'system' || role === 'developer')
  const first = messages[at]
  if (first?.role === 'system' || first?.role === 'developer') {
    return messages.with(at, appended(first, text))
  }
  return [{ role: 'system', content: [{ type: 'text', text }] }, ...messages]
}

/**
 * As a text of its own behind what is marked for the prompt cache, so that the mark still stands behind the same text; else in the last
 * text, because not every server takes several.
 */
function appended({ cache, ...message }: SystemMessage, text: string): SystemMessage {
  const last = message.content.at(-1)
  if (last === undefined) return { ...message, content: [{ type: 'text', text }] }
  const mark = last.cache ?? cache
  const before = message.content.slice(0, -1)
  if (mark === undefined) {
    return { ...message, content: [...before, { ...last, text: `${last.text}\n\n${text}` }] }
  }
  return {
    ...message,
    content: [...before, { ...last, cache: mark }, { type: 'text', text }],
  }
}
