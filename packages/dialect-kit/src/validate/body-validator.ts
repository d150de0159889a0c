import type { StreamValidator } from '@jackfield/core'

/** Validates an answer that is one document, once all of it has come. */
export class BodyValidator implements StreamValidator {
  readonly #validate: (body: Uint8Array) => readonly string[]
  readonly #chunks: Uint8Array[] = []
  violations: readonly string[] = []

  constructor(validate: (body: Uint8Array) => readonly string[]) {
    this.#validate = validate
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  end(): void {
    this.violations = this.#validate(Buffer.concat(this.#chunks))
  }
}
