import {
  type CallHead,
  type ConversationSpans,
  type JsonDocument,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  objectMembers,
  readBoolean,
  readString,
  type SpanOptions,
} from '@jackfield/core'
import {
  asInvalidRequest,
  type ContentSpans,
  documentOf,
  rangeOf,
  spansOfParts,
} from '@jackfield/dialect-kit'

const noConversation: ConversationSpans = { messages: [] }

/**
 * Where the parts of a conversation are, also of one inside a `generateContentRequest`. `messages` counts as `contents` does, a bare
 * content as one; a content without a role is the user's. `texts` are the texts of its parts that are not thoughts; every other part is
 * one of `others`, a function's response with all that is in it too.
 *
 * @throws GatewayError `invalid_request` where a content has a key twice.
 */
export function conversationSpans(
  body: Uint8Array,
  head: CallHead,
  { through }: SpanOptions = {},
): ConversationSpans {
  const get = memberGetter(documentOf(body, head))
  const contents = get('contents')
  if (contents === undefined) return noConversation
  const system = get('systemInstruction') ?? get('system_instruction')
  const tools = get('tools')
  try {
    return {
      ...(isGiven(system) ? { system: rangeOf(system) } : {}),
      ...(isGiven(tools) ? { tools: rangeOf(tools) } : {}),
      messages: readContents(body, contents, through),
    }
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

function memberGetter(document: JsonDocument): (name: string) => JsonValueSpan | undefined {
  const whole = document.get('generateContentRequest') ?? document.get('generate_content_request')
  if (whole?.kind !== 'object') return (name) => document.get(name)
  const members = objectMembers(document.bytes, whole, { duplicates: 'keep' })
  return (name) => spanOf(members, name)
}

function isGiven(span: JsonValueSpan | undefined): span is JsonValueSpan {
  return span !== undefined && span.kind !== 'null'
}

function readContents(
  body: Uint8Array,
  span: JsonValueSpan,
  through: string | undefined,
): MessageSpan[] {
  const messages: MessageSpan[] = []
  for (const element of elementsIn(body, span)) {
    const message = readContent(body, element)
    messages.push(message)
    if (message.role === through) break
  }
  return messages
}

/** The elements of a list, or the one object that stands for a list. */
export function* elementsIn(
  body: Uint8Array,
  span: JsonValueSpan | undefined,
): Generator<JsonElement, void, undefined> {
  if (span?.kind === 'array') yield* objectElements(body, span)
  else if (span?.kind === 'object') yield { span, members: objectMembers(body, span) }
}

function readContent(body: Uint8Array, { span, members = [] }: JsonElement): MessageSpan {
  return {
    ...rangeOf(span),
    role: roleOf(body, members),
    ...partsOf(body, spanOf(members, 'parts')),
  }
}

/** A bare part stands for a list, but cannot be taken out of one. */
function partsOf(body: Uint8Array, parts: JsonValueSpan | undefined): ContentSpans {
  const spans = spansOfParts(elementsIn(body, parts), (part) => textOf(body, part))
  return parts?.kind === 'array' ? spans : { ...spans, texts: spans.texts.map(rangeOf) }
}

/** The role of a content; one without any is the user's. */
export function roleOf(body: Uint8Array, members: readonly JsonMember[]): string {
  const role = spanOf(members, 'role')
  const word = role?.kind === 'string' ? readString(body, role) : ''
  return word === '' ? 'user' : word
}

function textOf(body: Uint8Array, { members = [] }: JsonElement): JsonValueSpan | undefined {
  const thought = spanOf(members, 'thought')
  const isThought = thought?.kind === 'boolean' && readBoolean(body, thought)
  return isThought ? undefined : spanOf(members, 'text')
}

/** The value of a member by its name. */
export function spanOf(members: readonly JsonMember[], name: string): JsonValueSpan | undefined {
  return members.find((candidate) => candidate.name === name)?.value
}
