import type { AssistantPart, Message, ToolCallPart, ToolResultPart } from '@jackfield/core'

/** Which result answers which call of a conversation. */
export interface ResultMatches {
  /** Absent for a call that was never answered. */
  resultOf(call: ToolCallPart): ToolResultPart | undefined
  /** Whether a result answers a call of the conversation. */
  isMatched(result: ToolResultPart): boolean
}

/**
 * Results by the calls before them. Some servers use the same ids turn after turn, so a result answers the latest open call of its
 * id, and the same result never two.
 */
export function matchResults(messages: readonly Message[]): ResultMatches {
  const open = new Map<string, ToolCallPart[]>()
  const results = new Map<ToolCallPart, ToolResultPart>()
  const ask = (part: AssistantPart) => {
    if (part.type !== 'tool-call') return
    const same = open.get(part.callId)
    if (same === undefined) open.set(part.callId, [part])
    else same.push(part)
  }
  const answer = (result: ToolResultPart) => {
    const call = open.get(result.callId)?.pop()
    if (call !== undefined) results.set(call, result)
  }
  for (const { role, content } of messages) {
    if (role === 'assistant') content.forEach(ask)
    else if (role === 'tool') content.forEach(answer)
  }
  const matched = new Set(results.values())
  return {
    resultOf: (call) => results.get(call),
    isMatched: (result) => matched.has(result),
  }
}
