import type { BodySource } from '../body.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** Reads a body to its end. Rejects when it breaks or is larger than `maxBytes`. */
export function readWholeBody(body: BodySource, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    body.start({
      data(chunk) {
        size += chunk.length
        if (size > maxBytes) {
          const error = tooLarge(maxBytes)
          body.cancel(error)
          reject(error)
          return
        }
        chunks.push(chunk)
      },
      end() {
        const [only] = chunks
        resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size))
      },
      fail: reject,
    })
  })
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `The provider’s answer is larger than ${maxBytes} bytes. Raise \`max_response_size\` if it is meant to be.`,
  )
}
