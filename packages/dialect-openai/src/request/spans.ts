import {
  type CallHead,
  type ConversationSpans,
  type JsonElement,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  type SpanOptions,
} from '@jackfield/core'
import {
  contentTexts,
  documentOf,
  leadingSystem,
  memberSpan,
  memberText,
  messageSpans,
  partSpan,
  rangeOf,
} from '@jackfield/dialect-kit'

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
  const read = (element: JsonElement) => readMessage(body, element)
  const messages = messageSpans(objectElements(body, span), read, through)
  return {
    ...leadingSystem(messages),
    ...partSpan('tools', document.get('tools') ?? document.get('functions')),
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

function readMessage(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  return {
    ...rangeOf(span),
    role: memberText(body, members, 'role') ?? '',
    texts: contentTexts(body, memberSpan(members, 'content'), (part) => textOf(body, part)),
  }
}

/** The text of a part, which may be a bare string. */
function textOf(body: Uint8Array, { span, members }: JsonElement): JsonValueSpan | undefined {
  if (members === undefined) return span
  return memberText(body, members, 'type') === 'text' ? memberSpan(members, 'text') : undefined
}
