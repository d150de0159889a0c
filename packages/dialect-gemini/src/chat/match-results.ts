import type { AssistantPart, Message, ToolCallPart, ToolResultPart } from '@jackfield/core'

/** Which result answers which call of a conversation. */
export interface ResultMatches {
  /** Absent for a call that was never answered. */
  resultOf(call: ToolCallPart): ToolResultPart | undefined
  /** Absent for a result whose call is not in the conversation. */
  callOf(result: ToolResultPart): ToolCallPart | undefined
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
  const calls = new Map([...results].map(([call, result]) => [result, call]))
  return {
    resultOf: (call) => results.get(call),
    callOf: (result) => calls.get(result),
  }
}
