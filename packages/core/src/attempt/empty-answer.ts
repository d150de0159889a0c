import type { Finish } from '../chat/finish-reason.ts'
import { isMeaningful } from '../chat/stream-part.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Parts } from './answer-flow.ts'
import { asNeutral } from './neutral-failure.ts'

const empties = new WeakSet<GatewayError>()

/** Ends with which an answer is empty for a reason that another one would have, too. */
const excused: ReadonlySet<Finish['reason']> = new Set(['length', 'content-filter', 'pause'])

/** The failure of an answer that ended well, with nothing in it. Says nothing about the target: models do that. */
export function emptyAnswer(): GatewayError {
  const error = new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer is complete, but there is nothing in it.',
  )
  empties.add(error)
  return asNeutral(error)
}

export function isEmptyAnswer(error: GatewayError): boolean {
  return empties.has(error)
}

/** Finds out whether there is anything in one answer besides its end, for a call that wants another one then. */
export class EmptinessCheck {
  readonly #refuses: () => boolean
  #reason: Finish['reason'] | undefined
  /** There is something, or nobody can say: the answer is not taken for an empty one. */
  shown = false

  /** `refuses`: asked once the answer is known to be empty; `false`: it is delivered as it is. */
  constructor(refuses: () => boolean) {
    this.#refuses = refuses
  }

  see(parts: Parts): void {
    for (const part of parts) {
      if (part.type === 'finish') this.#reason = part.reason
      else this.shown ||= part.type === 'error' || isMeaningful(part)
    }
  }

  /** The answer has reached its legal end: whether the call takes it for a failure. Ask once. */
  refuse(): boolean {
    if (this.shown || this.#reason === undefined || excused.has(this.#reason)) return false
    return this.#refuses()
  }
}
