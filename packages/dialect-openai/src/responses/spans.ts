import {
  type ByteRange,
  type CallHead,
  type ConversationSpans,
  type JsonDocument,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  readString,
  type SpanOptions,
} from '@jackfield/core'
import { asInvalidRequest, documentOf } from '@jackfield/dialect-kit'

const textTypes = new Set(['input_text', 'output_text', 'text'])

/** Roles of the items that have none of their own, by the end of their type. */
const roleOfEnding: readonly (readonly [ending: string, role: string])[] = [
  ['_call_output', 'tool'],
  ['_call', 'assistant'],
  ['reasoning', 'assistant'],
]

/**
 * Where the parts of a conversation are. `messages` counts as the `input` array does: every item is one, with the role `tool` for
 * outputs of calls and `assistant` for calls and reasoning; an input that is a string is one user message. `system` are the
 * instructions, else the run of system and developer messages at the front. `texts` are the string, or the texts of its
 * text parts.
 *
 * @throws GatewayError `invalid_request` where an item has a key twice.
 */
export function responsesSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const document = documentOf(body, head)
  const tools = document.get('tools')
  const messages = messagesIn(document, through)
  return {
    ...systemOf(document, messages),
    ...(tools === undefined || tools.kind === 'null' ? {} : { tools: rangeOf(tools) }),
    messages,
  }
}

function messagesIn(document: JsonDocument, through: string | undefined): MessageSpan[] {
  const input = document.get('input')
  if (input?.kind === 'string') {
    return [{ ...rangeOf(input), role: 'user', texts: [rangeOf(input)] }]
  }
  return input?.kind === 'array' ? readItems(document.bytes, input, through) : []
}

function readItems(
  body: Uint8Array,
  span: JsonValueSpan,
  through: string | undefined,
): MessageSpan[] {
  const messages: MessageSpan[] = []
  try {
    for (const element of objectElements(body, span)) {
      const message = readItem(body, element)
      messages.push(message)
      if (message.role === through) break
    }
  } catch (error) {
    throw asInvalidRequest(error)
  }
  return messages
}

function readItem(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  const texts = textsIn(body, spanOf(members, 'content') ?? spanOf(members, 'output'))
  return { ...rangeOf(span), role: roleOf(body, members), texts }
}

function roleOf(body: Uint8Array, members: readonly JsonMember[]): string {
  const role = textOf(body, members, 'role')
  const type = textOf(body, members, 'type')
  if (role !== '' && (type === '' || type === 'message')) return role
  return roleOfEnding.find(([ending]) => type.endsWith(ending))?.[1] ?? ''
}

function textOf(body: Uint8Array, members: readonly JsonMember[], name: string): string {
  const span = spanOf(members, name)
  return span?.kind === 'string' ? readString(body, span) : ''
}

function textsIn(body: Uint8Array, content: JsonValueSpan | undefined): ByteRange[] {
  if (content?.kind === 'string') return [rangeOf(content)]
  if (content?.kind !== 'array') return []
  const texts: ByteRange[] = []
  for (const { members = [] } of objectElements(body, content)) {
    const text = spanOf(members, 'text')
    if (text?.kind === 'string' && textTypes.has(textOf(body, members, 'type'))) {
      texts.push(rangeOf(text))
    }
  }
  return texts
}

function systemOf(
  document: JsonDocument,
  messages: readonly MessageSpan[],
): Pick<ConversationSpans, 'system'> {
  const instructions = document.get('instructions')
  if (instructions !== undefined && instructions.kind !== 'null') {
    return { system: rangeOf(instructions) }
  }
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
