import type { AssistantPart, Message, ToolCallPart, ToolResultPart } from '@jackfield/core'

/** Which result answers which call of a conversation. */
export interface ResultMatches {
  /** Absent for a call that was never answered. */
  resultOf(call: ToolCallPart): ToolResultPart | undefined
  /** Absent for a result whose call is not in the conversation. */
  callOf(result: ToolResultPart): ToolCallPart | undefined
}

interface OpenCall {
  readonly call: ToolCallPart
  /** Number of the message that asks for it. */
  readonly turn: number
}

/**
 * Results by the calls before them. Some servers use the same ids turn after turn, and some even in one turn: a result answers the
 * first open call of its id in the latest turn that has one, and the same result never two.
 */
export function matchResults(messages: readonly Message[]): ResultMatches {
  const open = new Map<string, OpenCall[]>()
  const results = new Map<ToolCallPart, ToolResultPart>()
  const ask = (part: AssistantPart, turn: number) => {
    if (part.type !== 'tool-call') return
    const same = open.get(part.callId)
    if (same === undefined) open.set(part.callId, [{ call: part, turn }])
    else same.push({ call: part, turn })
  }
  const answer = (result: ToolResultPart) => {
    const same = open.get(result.callId) ?? []
    const latest = same.at(-1)?.turn
    const [found] = same.splice(
      same.findIndex(({ turn }) => turn === latest),
      1,
    )
    if (found !== undefined) results.set(found.call, result)
  }
  for (const [turn, { role, content }] of messages.entries()) {
    if (role === 'assistant') for (const part of content) ask(part, turn)
    else if (role === 'tool') content.forEach(answer)
  }
  const calls = new Map([...results].map(([call, result]) => [result, call]))
  return {
    resultOf: (call) => results.get(call),
    callOf: (result) => calls.get(result),
  }
}
