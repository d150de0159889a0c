import type { CheckedRequest } from '../load/exchange.ts'
import { ExpectedAnswer } from '../load/expected-answer.ts'
import { expectBytes } from '../load/expected-bytes.ts'
import { ExpectedEvents } from '../load/expected-events.ts'
import { outputTokens, unaryText } from '../workload/answer.ts'
import { prepareRequest } from '../workload/prepared-request.ts'
import { isTranslated, type Way } from '../workload/protocols/way.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { encodeModel } from '../workload/script.ts'

/** A unary request of this size and the one right answer to it. */
export function unaryRequest(
  way: Way,
  bytes: number,
  modelAt: ModelPosition = 'head',
): CheckedRequest {
  const { client, upstream } = way
  const model = encodeModel({ kind: 'unary' })
  return {
    request: prepareRequest({ client, bytes, model, stream: false, modelAt }),
    check: isTranslated(way)
      ? () => new ExpectedAnswer(client, unaryText)
      : expectBytes([upstream.answer(unaryText)]),
  }
}

/** A streaming request of this size and the one right body of the answer. */
export function streamRequest(
  way: Way,
  bytes: number,
  options: { readonly contents: number; readonly intervalMs: number },
): CheckedRequest {
  const { contents, intervalMs } = options
  const model = encodeModel({ kind: 'stream', contents, intervalMs })
  return {
    request: prepareRequest({ client: way.client, bytes, model, stream: true, modelAt: 'head' }),
    check: streamCheck(way, contents),
  }
}

/** A request whose stream the driver lets go on frame by frame. */
export function lockstepRequest(way: Way, bytes: number, contents: number): CheckedRequest {
  const model = encodeModel({ kind: 'lockstep', contents })
  return {
    request: prepareRequest({ client: way.client, bytes, model, stream: true, modelAt: 'head' }),
    check: streamCheck(way, contents),
  }
}

function streamCheck(way: Way, contents: number): CheckedRequest['check'] {
  const { client, upstream } = way
  return isTranslated(way)
    ? () => new ExpectedEvents(client.stream, { contents, outputTokens })
    : expectBytes(upstream.frames(contents))
}
