import {
  type CallHead,
  type ConversationSpans,
  type JsonDocument,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  type SpanOptions,
} from '@jackfield/core'
import {
  contentSpans,
  documentOf,
  leadingSystem,
  memberSpan,
  memberText,
  messageSpans,
  partSpan,
  rangeOf,
} from '@jackfield/dialect-kit'

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
 * text parts; every other part of a message counts as one of `others`, and so does an item that is no message.
 *
 * @throws GatewayError `invalid_request` where an item has a key twice.
 */
export function responsesSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const document = documentOf(body, head)
  const messages = messagesIn(document, through)
  return {
    ...systemOf(document, messages),
    ...partSpan('tools', document.get('tools')),
    messages,
  }
}

function messagesIn(document: JsonDocument, through: string | undefined): MessageSpan[] {
  const input = document.get('input')
  if (input?.kind === 'string') {
    return [{ ...rangeOf(input), role: 'user', texts: [rangeOf(input)], others: 0 }]
  }
  if (input?.kind !== 'array') return []
  const read = (item: JsonElement) => readItem(document.bytes, item)
  return messageSpans(objectElements(document.bytes, input), read, through)
}

function readItem(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  const place = rangeOf(span)
  const spansOf = (content: string) =>
    contentSpans(body, memberSpan(members, content), (part) => textOf(body, part))
  const role = messageRole(body, members)
  if (role !== undefined) return { ...place, role, ...spansOf('content') }
  const content = memberSpan(members, 'content') === undefined ? 'output' : 'content'
  return { ...place, role: itemRole(body, members), texts: spansOf(content).texts, others: 1 }
}

/** The role of an item that is a message. */
function messageRole(body: Uint8Array, members: readonly JsonMember[]): string | undefined {
  const role = memberText(body, members, 'role') ?? ''
  const type = memberText(body, members, 'type') ?? ''
  return role !== '' && (type === '' || type === 'message') ? role : undefined
}

function itemRole(body: Uint8Array, members: readonly JsonMember[]): string {
  const type = memberText(body, members, 'type') ?? ''
  return roleOfEnding.find(([ending]) => type.endsWith(ending))?.[1] ?? ''
}

function textOf(body: Uint8Array, { members = [] }: JsonElement): JsonValueSpan | undefined {
  const type = memberText(body, members, 'type')
  return type !== undefined && textTypes.has(type) ? memberSpan(members, 'text') : undefined
}

function systemOf(
  document: JsonDocument,
  messages: readonly MessageSpan[],
): Pick<ConversationSpans, 'system'> {
  const instructions = partSpan('system', document.get('instructions'))
  return instructions.system === undefined ? leadingSystem(messages) : instructions
}
