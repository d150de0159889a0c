import {
  type ByteRange,
  type ConversationSpans,
  type JsonElement,
  type JsonValueSpan,
  type MessageSpan,
  objectElements,
  type TextSpan,
} from '@jackfield/core'
import { asInvalidRequest } from './scan-body.ts'

/** The place of a value without what else is known of it. */
export function rangeOf({ start, end }: ByteRange): ByteRange {
  return { start, end }
}

/** The place of `system` or `tools`, by that name; nothing for what is missing or null. */
export function partSpan<Name extends 'system' | 'tools'>(
  name: Name,
  span: JsonValueSpan | undefined,
): Partial<Record<Name, ByteRange>> {
  const found: Partial<Record<Name, ByteRange>> = {}
  if (span !== undefined && span.kind !== 'null') found[name] = rangeOf(span)
  return found
}

/**
 * The messages in a list, up to the first whose role is `through`, behind which nothing is read.
 *
 * @throws GatewayError `invalid_request` where the elements cannot be read, as where a message has a key twice.
 */
export function messageSpans(
  elements: Iterable<JsonElement>,
  read: (element: JsonElement) => MessageSpan,
  through?: string,
): MessageSpan[] {
  const messages: MessageSpan[] = []
  try {
    for (const element of elements) {
      const message = read(element)
      messages.push(message)
      if (message.role === through) break
    }
  } catch (error) {
    throw asInvalidRequest(error)
  }
  return messages
}

/** What a message says: its texts, and how many parts are none. */
export type ContentSpans = Pick<MessageSpan, 'texts' | 'others'>

/** Finds the text that a part of a content holds, if it is one for text. */
type TextFinder = (part: JsonElement) => JsonValueSpan | undefined

/** The parts of a message’s content: the string that it is, or the elements of the array that it is. */
export function contentSpans(
  bytes: Uint8Array,
  content: JsonValueSpan | undefined,
  textOf: TextFinder,
): ContentSpans {
  switch (content?.kind) {
    case 'string':
      return { texts: [rangeOf(content)], others: 0 }
    case 'array':
      return spansOfParts(objectElements(bytes, content), textOf)
    case 'null':
    case undefined:
      return { texts: [], others: 0 }
    default:
      return { texts: [], others: 1 }
  }
}

/** The texts in the parts of a list. A part whose text is no string is none. */
export function spansOfParts(parts: Iterable<JsonElement>, textOf: TextFinder): ContentSpans {
  const texts: TextSpan[] = []
  let others = 0
  for (const part of parts) {
    const text = textOf(part)
    if (text?.kind === 'string') texts.push({ ...rangeOf(text), part: rangeOf(part.span) })
    else others += 1
  }
  return { texts, others }
}

/** The run of system and developer messages at the front, from the first one's start to the last one's end. */
export function leadingSystem(messages: readonly MessageSpan[]): Pick<ConversationSpans, 'system'> {
  const end = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const run = end === -1 ? messages : messages.slice(0, end)
  const first = run[0]
  const last = run.at(-1)
  return first === undefined || last === undefined
    ? {}
    : { system: { start: first.start, end: last.end } }
}
