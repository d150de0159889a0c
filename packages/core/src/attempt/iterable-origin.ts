import type { Parts } from './answer-flow.ts'
import { asInvalidAnswer } from './forward-flow.ts'
import type { PartsIntake, PartsOrigin } from './parts-flow.ts'

type PartsIterator = AsyncIterator<Parts> | Iterator<Parts>

/** Parts that are pulled from an iterable: a virtual backend's answer, or a whole answer cut into deltas. */
export function iterableOrigin(source: AsyncIterable<Parts> | Iterable<Parts>): PartsOrigin {
  let iterator: PartsIterator | undefined
  let paused = false
  let wake: (() => void) | undefined

  const resume = () => {
    paused = false
    wake?.()
    wake = undefined
  }
  const pump = async (from: PartsIterator, intake: PartsIntake) => {
    try {
      while (!intake.over) {
        const next = await from.next()
        if (next.done === true) return intake.conclude()
        intake.deliver(() => next.value)
        if (paused) await new Promise<void>((resolve) => (wake = resolve))
      }
    } catch (error) {
      intake.break(asInvalidAnswer(error))
    }
  }

  return {
    begin(intake) {
      iterator =
        Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
      void pump(iterator, intake)
    },
    pause: () => {
      paused = true
    },
    resume,
    stop() {
      resume()
      void close(iterator)
    },
  }
}

async function close(iterator: PartsIterator | undefined): Promise<void> {
  try {
    await iterator?.return?.()
  } catch {
    // The iterator's own complaints about being closed concern nobody: the answer is over.
  }
}
