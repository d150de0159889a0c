import {
  arrayElements,
  type CallHead,
  type ConversationSpans,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  type SpanOptions,
  type TextSpan,
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
import { reasoningFields } from '../chat/reasoning-fields.ts'

/** Members of a message that hold parts of what it says beside its content. */
const besides: ReadonlySet<string> = new Set([
  ...reasoningFields,
  'refusal',
  'audio',
  'tool_calls',
  'function_call',
])

const emptyString = '""'

const noConversation: ConversationSpans = { messages: [] }

/**
 * Where the parts of a conversation are. `messages` counts as the body's own array does, system messages included. `system` is
 * the run of system and developer messages at the front, from the first one's brace to the last one's. `texts` are the content
 * string, or the texts of its text parts; refusals, reasoning and tool calls are none, and count as `others` in either form.
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
  return { messages: [{ ...rangeOf(prompt), role: 'user', texts: [text], others: 0 }] }
}

function onlyText(body: Uint8Array, prompt: JsonValueSpan): TextSpan | undefined {
  if (prompt.kind === 'string') return rangeOf(prompt)
  if (prompt.kind !== 'array') return undefined
  const [first, second] = arrayElements(body, prompt)
  if (second !== undefined || first?.kind !== 'string') return undefined
  return { ...rangeOf(first), part: rangeOf(first) }
}

function readMessage(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  const content = memberSpan(members, 'content')
  const { texts, others } = contentSpans(body, content, (part) => textOf(body, part))
  return {
    ...rangeOf(span),
    role: memberText(body, members, 'role') ?? '',
    texts,
    others: others + partsBeside(body, members),
  }
}

/** How many parts stand in members of their own. */
function partsBeside(body: Uint8Array, members: readonly JsonMember[]): number {
  let parts = 0
  for (const { name, value } of members) if (besides.has(name)) parts += partsIn(body, value)
  return parts
}

function partsIn(body: Uint8Array, value: JsonValueSpan): number {
  switch (value.kind) {
    case 'array':
      return [...arrayElements(body, value)].length
    case 'object':
      return 1
    case 'string':
      return value.end - value.start > emptyString.length ? 1 : 0
    default:
      return 0
  }
}

/** The text of a part, which may be a bare string. */
function textOf(body: Uint8Array, { span, members }: JsonElement): JsonValueSpan | undefined {
  if (members === undefined) return span
  return memberText(body, members, 'type') === 'text' ? memberSpan(members, 'text') : undefined
}
