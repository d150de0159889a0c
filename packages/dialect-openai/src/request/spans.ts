import {
  type ByteRange,
  type CallHead,
  type ConversationSpans,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  readString,
  type SpanOptions,
} from '@jackfield/core'
import { asInvalidRequest, documentOf } from '@jackfield/dialect-kit'

const noConversation: ConversationSpans = { messages: [] }

/**
 * Where the parts of a conversation are. `messages` counts as the body's own array does, system messages included. `system` is
 * the run of system and developer messages at the front, from the first one's brace to the last one's. `texts` are the content
 * string, or the texts of its text parts; refusals and tool calls are none.
 *
 * @throws GatewayError `invalid_request` where a message has a key twice.
 */
export function chatSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const document = documentOf(body, head)
  const span = document.get('messages')
  if (span?.kind !== 'array') return noConversation
  const tools = document.get('tools') ?? document.get('functions')
  const messages = readMessages(body, span, through)
  return {
    ...systemOf(messages),
    ...(tools === undefined || tools.kind === 'null' ? {} : { tools: rangeOf(tools) }),
    messages,
  }
}

/** A prompt counts as one user message. A list of several prompts is no conversation. */
export function completionsSpans(body: Uint8Array, head: CallHead): ConversationSpans {
  const prompt = documentOf(body, head).get('prompt')
  const text = prompt === undefined ? undefined : onlyText(body, prompt)
  if (prompt === undefined || text === undefined) return noConversation
  return { messages: [{ ...rangeOf(prompt), role: 'user', texts: [rangeOf(text)] }] }
}

function onlyText(body: Uint8Array, prompt: JsonValueSpan): JsonValueSpan | undefined {
  if (prompt.kind === 'string') return prompt
  if (prompt.kind !== 'array') return undefined
  const [first, second] = objectElements(body, prompt)
  return second === undefined && first?.span.kind === 'string' ? first.span : undefined
}

function readMessages(
  body: Uint8Array,
  span: JsonValueSpan,
  through: string | undefined,
): MessageSpan[] {
  const messages: MessageSpan[] = []
  try {
    for (const element of objectElements(body, span)) {
      const message = readMessage(body, element)
      messages.push(message)
      if (message.role === through) break
    }
  } catch (error) {
    throw asInvalidRequest(error)
  }
  return messages
}

function readMessage(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  const role = spanOf(members, 'role')
  return {
    ...rangeOf(span),
    role: role?.kind === 'string' ? readString(body, role) : '',
    texts: textsIn(body, spanOf(members, 'content')),
  }
}

function textsIn(body: Uint8Array, content: JsonValueSpan | undefined): ByteRange[] {
  if (content?.kind === 'string') return [rangeOf(content)]
  if (content?.kind !== 'array') return []
  const texts: ByteRange[] = []
  for (const { span, members } of objectElements(body, content)) {
    const text = members === undefined ? span : textOf(body, members)
    if (text?.kind === 'string') texts.push(rangeOf(text))
  }
  return texts
}

function textOf(body: Uint8Array, members: readonly JsonMember[]): JsonValueSpan | undefined {
  const type = spanOf(members, 'type')
  const isText = type?.kind === 'string' && readString(body, type) === 'text'
  return isText ? spanOf(members, 'text') : undefined
}

function systemOf(messages: readonly MessageSpan[]): Pick<ConversationSpans, 'system'> {
  const end = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const run = end === -1 ? messages : messages.slice(0, end)
  const first = run[0]
  const last = run.at(-1)
  return first === undefined || last === undefined
    ? {}
    : { system: { start: first.start, end: last.end } }
}

function spanOf(members: readonly JsonMember[], name: string): JsonValueSpan | undefined {
  return members.find((candidate) => candidate.name === name)?.value
}

function rangeOf({ start, end }: ByteRange): ByteRange {
  return { start, end }
}
