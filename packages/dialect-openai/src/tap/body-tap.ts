import { GatewayError, JsonScanError, type Tap, type TapReport } from '@jackfield/core'
import type { Variant } from '../options.ts'
import { bodyFacts } from './body-facts.ts'
import { largeBodyFacts } from './large-body-facts.ts'

/** From this size on only the ends of a body are read. */
const largeBytes = 64 * 1024

const nothing = new Uint8Array(0)

/** Looks at an answer that is one JSON document, once all of it has come. */
export class BodyTap implements Tap {
  readonly #variant: Variant
  readonly #chunks: Uint8Array[] = []
  #report: TapReport = { complete: false }
  meaningful = false

  constructor(variant: Variant) {
    this.#variant = variant
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#chunks.push(chunk)
    return chunk
  }

  end(): Uint8Array {
    const [only] = this.#chunks
    const body =
      this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks)
    this.#chunks.length = 0
    this.#report = body.length > largeBytes ? largeBodyFacts(body) : readBody(body, this.#variant)
    this.meaningful = this.#report.complete
    return nothing
  }

  /** JSON has no event with which a broken answer could be ended honestly. */
  interrupt(): Uint8Array {
    return nothing
  }

  report(): TapReport {
    return this.#report
  }
}

function readBody(body: Uint8Array, variant: Variant): TapReport {
  try {
    return bodyFacts(body, variant)
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error
    const message = `The provider’s answer is not valid JSON: ${error.message}.`
    return { complete: false, error: new GatewayError('upstream_invalid_response', message) }
  }
}
