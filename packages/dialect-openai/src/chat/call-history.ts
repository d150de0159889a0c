import type { ToolCallPart } from '@jackfield/core'

type CallLink = Pick<ToolCallPart, 'callId' | 'name' | 'kind'>

/** The tool calls of a conversation so far, by which results find their name and, where it is missing, their call. */
export class CallHistory {
  readonly #calls = new Map<string, CallLink>()
  #unanswered: CallLink[] = []

  /** Notes the calls of one assistant message. */
  ask(calls: readonly CallLink[]): void {
    this.#unanswered = [...calls]
    for (const call of calls) this.#calls.set(call.callId, call)
  }

  /** The call that a result with this id answers. A result without its call is kept: truncated histories are common. */
  answer(callId: string): CallLink | undefined {
    this.#unanswered = this.#unanswered.filter((call) => call.callId !== callId)
    return this.#calls.get(callId)
  }

  /** The first open call (of this name), for results that come without an id. */
  firstOpen(name: string | undefined): CallLink | undefined {
    return this.#unanswered.find((call) => name === undefined || call.name === name)
  }
}
