import type { CheckedRequest } from '../load/exchange.ts'
import { streamFrames, unaryAnswer } from '../workload/answer.ts'
import { prepareChat } from '../workload/prepared-request.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { encodeModel } from '../workload/script.ts'

/** A unary request of this size and the one right answer to it. */
export function unaryRequest(bytes: number, modelAt: ModelPosition = 'head'): CheckedRequest {
  const model = encodeModel({ kind: 'unary' })
  return {
    request: prepareChat({ bytes, model, stream: false, modelAt }),
    expected: unaryAnswer,
  }
}

/** A streaming request of this size and the one right body of the answer. */
export function streamRequest(
  bytes: number,
  options: { readonly contents: number; readonly intervalMs: number },
): CheckedRequest {
  const { contents, intervalMs } = options
  const model = encodeModel({ kind: 'stream', contents, intervalMs })
  return {
    request: prepareChat({ bytes, model, stream: true, modelAt: 'head' }),
    expected: Buffer.concat(streamFrames(contents)),
  }
}
