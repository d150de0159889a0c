import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'

/** A part and its place in the request. */
export interface PlacedPart {
  readonly at: string
  readonly part: JsonObject
}

/** One content of a conversation. */
export interface Turn {
  readonly at: string
  /** A missing role counts as the user's, and so does the older `function` (Gemini, 4.2). */
  readonly role: 'user' | 'model'
  readonly parts: readonly PlacedPart[]
}

/** The conversation of a request in camelCase; what is not shaped as one has no parts here. */
export function turnsOf(body: JsonObject): readonly Turn[] {
  return itemsOf(body['contents']).map((content, index) =>
    turnOf(isObject(content) ? content : {}, `contents[${index}]`),
  )
}

/** One content that stands at that place. */
export function turnOf(content: JsonObject, at: string): Turn {
  return {
    at,
    role: content['role'] === 'model' ? 'model' : 'user',
    parts: itemsOf(content['parts']).flatMap((part, index) =>
      isObject(part) ? [{ at: `${at}.parts[${index}]`, part }] : [],
    ),
  }
}

/** What the parts of a turn hold of one kind: its function calls, or its function responses. */
export function heldBy(
  turn: Turn | undefined,
  kind: 'functionCall' | 'functionResponse',
): readonly JsonObject[] {
  return (turn?.parts ?? []).map(({ part }) => part[kind]).filter(isObject)
}
