import type { BodySource } from '../body.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'

/** Reads a body to its end. Rejects when it breaks, is larger than `maxBytes`, or is not wanted any more. */
export function readWholeBody(
  body: BodySource,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      const reason = toGatewayError(signal.reason)
      body.cancel(reason)
      reject(reason)
    }
    if (signal.aborted) {
      stop()
      return
    }
    signal.addEventListener('abort', stop, { once: true })
    const settle = () => signal.removeEventListener('abort', stop)
    const chunks: Uint8Array[] = []
    let size = 0
    body.start({
      data(chunk) {
        size += chunk.length
        if (size > maxBytes) {
          settle()
          const error = tooLarge(maxBytes)
          body.cancel(error)
          reject(error)
          return
        }
        chunks.push(chunk)
      },
      end() {
        settle()
        const [only] = chunks
        resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size))
      },
      fail(error) {
        settle()
        reject(error)
      },
    })
  })
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `The provider’s answer is larger than ${maxBytes} bytes. Raise \`max_response_size\` if it is meant to be.`,
  )
}
