import type { BodySource } from '@jackfield/core'
import { GatewayError } from '@jackfield/core'

/** What was read of a body: at most the limit. */
export interface BoundedBody {
  readonly bytes: Uint8Array
  /** Why the rest is missing; absent for a body that is whole. */
  readonly broken?: GatewayError
}

/**
 * Reads a body up to a limit and stops its transfer there. A body that breaks gives what came of it: half an error message
 * is better than none.
 */
export function readBounded(body: BodySource, maxBytes: number): Promise<BoundedBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const settle = (broken?: GatewayError): void => {
      const bytes = Buffer.concat(chunks).subarray(0, maxBytes)
      resolve({ bytes, ...(broken === undefined ? {} : { broken }) })
    }
    body.start({
      data(chunk) {
        chunks.push(chunk)
        size += chunk.length
        if (size <= maxBytes) return
        const error = new GatewayError(
          'upstream_invalid_response',
          `The provider’s answer is larger than ${maxBytes} bytes.`,
        )
        body.cancel(error)
        settle(error)
      },
      end: () => settle(),
      fail: settle,
    })
  })
}
