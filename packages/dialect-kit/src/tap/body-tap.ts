import {
  GatewayError,
  JsonScanError,
  type Tap,
  type TapOptions,
  type TapReport,
} from '@jackfield/core'
import type { StateListener, TapRules } from './tap-rules.ts'

const nothing = new Uint8Array(0)

/** Looks at an answer that is one JSON document, once all of it has come. */
export class BodyTap implements Tap {
  readonly #rules: TapRules
  readonly #onState: StateListener | undefined
  readonly #chunks: Uint8Array[] = []
  #report: TapReport = { complete: false }
  meaningful = false

  constructor(rules: TapRules, { onState }: TapOptions) {
    this.#rules = rules
    this.#onState = onState
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
    this.#report = this.#read(body)
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

  #read(body: Uint8Array): TapReport {
    try {
      return this.#rules.body(body, this.#onState)
    } catch (error) {
      if (!(error instanceof JsonScanError)) throw error
      const message = `The provider’s answer is not valid JSON: ${error.message}.`
      return { complete: false, error: new GatewayError('upstream_invalid_response', message) }
    }
  }
}
