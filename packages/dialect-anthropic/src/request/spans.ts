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
  contentSpans,
  documentOf,
  memberSpan,
  memberText,
  messageSpans,
  partSpan,
  rangeOf,
} from '@jackfield/dialect-kit'

/**
 * Where the parts of a conversation are. `messages` counts as the body's own array does; `system` is the top-level member. `texts`
 * are the content string, or the texts of its text blocks; every other block counts as one of `others`, a tool's result with all that
 * is in it too.
 *
 * @throws GatewayError `invalid_request` where a message has a key twice.
 */
export function conversationSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const document = documentOf(body, head)
  const messages = document.get('messages')
  return {
    ...partSpan('system', document.get('system')),
    ...partSpan('tools', document.get('tools')),
    messages: messages?.kind === 'array' ? messagesIn(body, messages, through) : [],
  }
}

function messagesIn(
  body: Uint8Array,
  list: JsonValueSpan,
  through: string | undefined,
): MessageSpan[] {
  const read = (element: JsonElement) => readMessage(body, element)
  return messageSpans(objectElements(body, list), read, through)
}

function readMessage(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  return {
    ...rangeOf(span),
    role: memberText(body, members, 'role') ?? '',
    ...contentSpans(body, memberSpan(members, 'content'), (block) => textOf(body, block)),
  }
}

function textOf(body: Uint8Array, { members = [] }: JsonElement): JsonValueSpan | undefined {
  return memberText(body, members, 'type') === 'text' ? memberSpan(members, 'text') : undefined
}
