import type { BodySource } from '../body.ts'
import { responseParts } from '../chat/response-parts.ts'
import type { ChatCodec } from '../dialect.ts'
import { AnswerBytes } from './answer-bytes.ts'
import { asInvalidAnswer } from './invalid-answer.ts'
import type { PartsOrigin } from './parts-flow.ts'

/** An answer in one piece, decoded once it is all there, as the stream that it would have been. */
export function wholeOrigin(
  body: BodySource,
  { codec, maxBytes }: { readonly codec: ChatCodec; readonly maxBytes: number },
): PartsOrigin {
  const bytes = new AnswerBytes(maxBytes)
  return {
    begin(intake) {
      body.start({
        data(chunk) {
          try {
            bytes.add(chunk)
          } catch (error) {
            intake.break(asInvalidAnswer(error))
          }
        },
        end() {
          intake.deliver(() => [...responseParts(codec.decodeResponse(bytes.whole()))])
          intake.conclude()
        },
        fail: (error) => intake.break(error),
      })
    },
    // Nothing flows before the answer is whole, and then all of it is there.
    pause: () => {},
    resume: () => {},
    stop: (reason) => body.cancel(reason),
    drain: () => {},
  }
}
