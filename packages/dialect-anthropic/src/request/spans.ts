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

/**
 * Where the parts of a conversation are. `messages` counts as the body's own array does; `system` is the top-level member. `texts`
 * are the content string, or the texts of its text blocks; results of tools are none.
 *
 * @throws GatewayError `invalid_request` where a message has a key twice.
 */
export function messageSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const document = documentOf(body, head)
  const messages = document.get('messages')
  return {
    ...named('system', document.get('system')),
    ...named('tools', document.get('tools')),
    messages: messages?.kind === 'array' ? readMessages(body, messages, through) : [],
  }
}

function named<Name extends 'system' | 'tools'>(
  name: Name,
  span: JsonValueSpan | undefined,
): Partial<Record<Name, ByteRange>> {
  if (span === undefined || span.kind === 'null') return {}
  const range: Partial<Record<Name, ByteRange>> = {}
  range[name] = rangeOf(span)
  return range
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
  for (const { members } of objectElements(body, content)) {
    const text = members === undefined ? undefined : textOf(body, members)
    if (text?.kind === 'string') texts.push(rangeOf(text))
  }
  return texts
}

function textOf(body: Uint8Array, members: readonly JsonMember[]): JsonValueSpan | undefined {
  return textMember(body, members, 'type') === 'text' ? spanOf(members, 'text') : undefined
}

/** A member that is a text. */
export function textMember(
  body: Uint8Array,
  members: readonly JsonMember[],
  name: string,
): string | undefined {
  const span = spanOf(members, name)
  return span?.kind === 'string' ? readString(body, span) : undefined
}

export function spanOf(members: readonly JsonMember[], name: string): JsonValueSpan | undefined {
  return members.find((candidate) => candidate.name === name)?.value
}

function rangeOf({ start, end }: ByteRange): ByteRange {
  return { start, end }
}
