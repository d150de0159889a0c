import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'

/** A part and its place in the request. */
export interface PlacedPart {
  readonly at: string
  readonly part: JsonObject
}

/** What one side says before the other one speaks. */
export interface Turn {
  /** Its first content. */
  readonly at: string
  /** A missing role counts as the user's, and so does the older `function` (Gemini, 4.2). */
  readonly role: 'user' | 'model'
  readonly parts: readonly PlacedPart[]
}

/**
 * The turns of a request in camelCase; what is not shaped as a content has no parts here. Contents of the model that follow each other
 * are one turn: `@google/genai` 3.1 keeps each chunk of a stream as a content of its own and sends them back so (seen 2026-11-21).
 */
export function turnsOf(body: JsonObject): readonly Turn[] {
  const turns: Turn[] = []
  for (const [index, content] of itemsOf(body['contents']).entries()) {
    const turn = turnOf(isObject(content) ? content : {}, `contents[${index}]`)
    const last = turns.at(-1)
    if (turn.role === 'model' && last?.role === 'model') {
      turns[turns.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] }
    } else turns.push(turn)
  }
  return turns
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
