import type { BodySource } from '../body.ts'
import type { StreamDecoder } from '../dialect.ts'
import type { PartsOrigin } from './parts-flow.ts'

/** A provider's stream, decoded read by read. */
export function decodeOrigin(body: BodySource, decoder: StreamDecoder): PartsOrigin {
  return {
    begin(intake) {
      body.start({
        data: (chunk) => intake.deliver(() => decoder.push(chunk)),
        end() {
          intake.deliver(() => decoder.end())
          intake.conclude()
        },
        fail: (error) => intake.break(error),
      })
    },
    pause: () => body.pause(),
    resume: () => body.resume(),
    stop: (reason) => body.cancel(reason),
  }
}
