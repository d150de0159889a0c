import type { AssistantPart, OpaqueState, ReasoningPart, TextPart } from '@jackfield/core'
import { isOwnState } from '../signatures.ts'

type SaidPart = TextPart | ReasoningPart

/**
 * The parts of one turn of the model with the pieces of foreign blocks put together. A client that keeps the chunks of a stream sends a
 * block in as many parts as came, and behind them an empty one with the block's packed state. Other protocols verify state against the
 * words of its block, so that it is worth nothing without all of them. A signature of Google's stays on the part that it came on.
 */
export function joinPieces(parts: readonly AssistantPart[]): AssistantPart[] {
  const joined: AssistantPart[] = []
  for (const part of parts) {
    if (closesBlock(part)) {
      const pieces = joined.splice(startOfBlock(joined, part))
      joined.push({ ...part, text: textOf(pieces) })
    } else {
      joined.push(part)
    }
  }
  return joined
}

/** An empty part with state of another protocol. One with words of its own came whole. */
function closesBlock(part: AssistantPart): part is SaidPart {
  return isSaid(part) && part.text === '' && isForeign(part.state)
}

function isSaid(part: AssistantPart | undefined): part is SaidPart {
  return part?.type === 'text' || part?.type === 'reasoning'
}

function isForeign(state: readonly OpaqueState[] | undefined): boolean {
  return state !== undefined && state.length > 0 && !state.some(isOwnState)
}

/** Index of the first of the pieces at the end of a list that belong to the block which this part closes. */
function startOfBlock(parts: readonly AssistantPart[], { type }: SaidPart): number {
  const isPiece = (part: AssistantPart) =>
    part.type === type && part.state === undefined && part.extensions === undefined
  return parts.findLastIndex((part) => !isPiece(part)) + 1
}

function textOf(pieces: readonly AssistantPart[]): string {
  return pieces.map((piece) => (isSaid(piece) ? piece.text : '')).join('')
}
