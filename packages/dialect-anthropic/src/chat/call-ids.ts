import { legalCallId } from '@jackfield/dialect-kit'

/** What ids of calls are made of (protocol reference 3.3). */
export const callIdRule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 128 }

/**
 * The ids under which calls and their results are sent. They are legal and, in one request, unique, though some providers give the
 * same ones in every answer; the same history always gives the same.
 */
export class CallIds {
  readonly #used = new Set<string>()
  /** Calls of the last assistant's turn that have no result yet: the client's id and the sent one. */
  readonly #open: { readonly callId: string; readonly sent: string }[] = []

  get isOpen(): boolean {
    return this.#open.length > 0
  }

  /** The id of a new call. */
  ask(callId: string): string {
    let sent = legalCallId(callId, callIdRule)
    for (let count = 2; this.#used.has(sent); count += 1) {
      sent = legalCallId(`${callId}_${count}`, callIdRule)
    }
    this.#used.add(sent)
    this.#open.push({ callId, sent })
    return sent
  }

  /** The id of the call that a result answers; `undefined` where the turn before has no such call open. */
  answer(callId: string): string | undefined {
    const at = this.#open.findIndex((call) => call.callId === callId)
    return at === -1 ? undefined : this.#open.splice(at, 1)[0]?.sent
  }

  /** The calls that nobody answered. */
  close(): readonly string[] {
    return this.#open.splice(0).map(({ sent }) => sent)
  }
}
