import type { AssistantPart, ReasoningPart, TextPart } from '../chat/content.ts'

/** Reasoning that led to a tool call. */
export interface KeptReasoning {
  readonly part: ReasoningPart
  /** How much text was said before it since the last call, in UTF-16 units. */
  readonly after: number
}

/**
 * What was said before a call, with the reasoning where it was: providers refuse it elsewhere. Text that the client joined is
 * parted again; behind text that it shortened, the reasoning stands before the call.
 */
export function placeReasoning(
  said: readonly AssistantPart[],
  kept: readonly KeptReasoning[],
): readonly AssistantPart[] {
  const placed: AssistantPart[] = []
  let next = 0
  let length = 0
  for (const part of said) {
    const end = length + (part.type === 'text' ? part.text.length : 0)
    let rest = part
    for (let block = kept[next]; block !== undefined; block = kept[next]) {
      if (block.after >= end && block.after > length) break
      const pieces = rest.type === 'text' ? partedAt(rest, block.after - length) : undefined
      if (pieces !== undefined) {
        placed.push(pieces[0])
        rest = pieces[1]
        length = block.after
      }
      placed.push(block.part)
      next += 1
    }
    placed.push(rest)
    length = end
  }
  return [...placed, ...kept.slice(next).map(({ part }) => part)]
}

/** Two texts of one; a text about which more is said stays whole. */
function partedAt(part: TextPart, index: number): readonly [TextPart, TextPart] | undefined {
  if (index <= 0 || part.state !== undefined || part.citations !== undefined) return undefined
  const { cache: _, ...head } = part
  return [
    { ...head, text: part.text.slice(0, index) },
    { ...part, text: part.text.slice(index) },
  ]
}
