import type { GatewayError } from '../errors/gateway-error.ts'
import type { Parts } from './answer-flow.ts'
import { asInvalidAnswer } from './invalid-answer.ts'
import type { PartsIntake, PartsOrigin } from './parts-flow.ts'

/** Parts that are pulled from an iterable: the answer of a virtual backend. */
export function iterableOrigin(
  source: AsyncIterable<Parts>,
  /** The error that stands for what the iterable threw. */
  asError: (thrown: unknown) => GatewayError = asInvalidAnswer,
): PartsOrigin {
  const iterator = source[Symbol.asyncIterator]()
  let paused = false
  let wake: (() => void) | undefined

  const resume = () => {
    paused = false
    wake?.()
    wake = undefined
  }
  const stop = () => {
    resume()
    void close(iterator)
  }
  const pump = async (intake: PartsIntake) => {
    try {
      while (!intake.over) {
        const next = await iterator.next()
        if (next.done === true) return intake.conclude()
        intake.deliver(() => next.value)
        if (paused) await new Promise<void>((resolve) => (wake = resolve))
      }
    } catch (error) {
      if (!intake.over) intake.break(asError(error))
    }
  }

  return {
    begin: (intake) => void pump(intake),
    pause: () => {
      paused = true
    },
    resume,
    stop,
    drain: stop,
  }
}

/** Complaints about being closed concern nobody: the answer is over. */
async function close(iterator: AsyncIterator<Parts>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {}
}
