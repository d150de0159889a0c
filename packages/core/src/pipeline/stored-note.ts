import type { Attempt } from '../attempt/attempt.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { CallState } from './call-state.ts'
import type { StoredAnswers } from './stored-answers.ts'

/** Remembers where a call's answer is, for clients that name it later. */
export class StoredNote {
  readonly #call: CallState
  readonly #answers: StoredAnswers
  /** Id of the answer that was noted. */
  #noted: string | undefined

  constructor(call: CallState, answers: StoredAnswers) {
    this.#call = call
    this.#answers = answers
  }

  /** A stream can be named from its first event on: a client may cancel what runs in the background while it reads it. */
  begins(attempt: Pick<Attempt<unknown>, 'route' | 'responseId'>, target: string): void {
    const { head, input } = this.#call
    if (!head.stream || input.dialect.storage === undefined) return
    // Only here: to tell the id of a stream is to read what has come of it.
    this.#note(attempt.route, attempt.responseId, target)
  }

  /** An answer that its provider keeps can be named by whom it was made for, until it is deleted. */
  delivered(outcome: Outcome, target: string): void {
    this.#forget(outcome)
    this.#note(outcome.route, outcome.responseId, target)
  }

  #forget({ status = 0 }: Outcome): void {
    const { input, head, principal } = this.#call
    if (head.resourceId === undefined || input.method !== 'DELETE' || status >= 300) return
    this.#answers.forget(principal.id, head.resourceId)
  }

  #note({ way, backend }: Route, id: string | undefined, target: string): void {
    const { input, head, bytes, principal } = this.#call
    const { storage } = input.dialect
    if (storage === undefined || id === undefined || bytes === undefined) return
    if (this.#noted === id || way !== 'forward' || !storage.isWanted(bytes, head)) return
    this.#noted = id
    this.#answers.pin(principal.id, id, {
      pin: { backend, target },
      identity: this.#call.identity,
    })
  }
}
