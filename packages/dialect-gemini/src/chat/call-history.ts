import type { ToolCallPart } from '@jackfield/core'

type CallLink = Pick<ToolCallPart, 'callId' | 'name'>

/** The tool calls of a conversation so far: results name their call by id, or only by its function's name. */
export class CallHistory {
  #unanswered: CallLink[] = []

  /** Notes the calls of one model turn. Those of earlier turns can no longer be answered. */
  ask(calls: readonly CallLink[]): void {
    this.#unanswered = [...calls]
  }

  /** The call that a result answers: the one with its id, else the first open one of its name, else the first open one. */
  answer(id: string | undefined, name: string): CallLink | undefined {
    const open = this.#unanswered
    const call =
      open.find(({ callId }) => callId === id) ??
      open.find((candidate) => candidate.name === name) ??
      (id === undefined && name === '' ? open[0] : undefined)
    this.#unanswered = open.filter((candidate) => candidate !== call)
    return call
  }
}
