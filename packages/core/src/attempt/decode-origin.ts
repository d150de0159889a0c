import type { BodySource } from '../body.ts'
import type { StreamDecoder } from '../dialect.ts'
import type { Parts } from './answer-flow.ts'
import { overdue } from './invalid-answer.ts'
import type { PartsOrigin } from './parts-flow.ts'

/** A provider's stream, decoded read by read. */
export function decodeOrigin(body: BodySource, decoder: StreamDecoder): PartsOrigin {
  let paused = false
  let draining = false
  const resume = () => {
    if (!paused) return
    paused = false
    body.resume()
  }
  return {
    begin(intake) {
      body.start({
        data(chunk) {
          // Whoever sends bytes behind an answer may send on for ever.
          if (draining) body.cancel(overdue())
          else intake.deliver(() => decoder.push(chunk))
        },
        end() {
          intake.deliver(() => decoder.end())
          intake.conclude()
        },
        fail(error) {
          intake.deliver(() => wholeEnd(decoder))
          intake.break(error)
        },
      })
    },
    pause() {
      if (paused || draining) return
      paused = true
      body.pause()
    },
    resume,
    stop: (reason) => body.cancel(reason),
    drain() {
      draining = true
      resume()
    },
  }
}

/** Some providers close the connection hard behind an answer: its end, if nothing of it is missing. */
function wholeEnd(decoder: StreamDecoder): Parts {
  try {
    const parts = decoder.end()
    return parts.at(-1)?.type === 'finish' ? parts : []
  } catch {
    return []
  }
}
