import type {
  BodyReceiver,
  BodySource,
  GatewayError,
  WireResponse,
  WireResult,
} from '@jackfield/core'

/** Records what a body delivers. */
export class Recorder implements BodyReceiver {
  readonly chunks: Uint8Array[] = []
  ended = false
  failure: GatewayError | undefined
  readonly over: Promise<void>
  readonly #settle: () => void
  readonly #waiting: { readonly bytes: number; readonly done: () => void }[] = []

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#settle = resolve
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString()
  }

  get bytes(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  /** Resolves when that many bytes have come. */
  received(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ bytes, done: resolve })
    this.#notify()
    return promise
  }

  data(chunk: Uint8Array): void {
    if (this.ended || this.failure !== undefined) throw new Error('data after the end')
    this.chunks.push(chunk)
    this.#notify()
  }

  end(): void {
    if (this.ended || this.failure !== undefined) throw new Error('ended twice')
    this.ended = true
    this.#settle()
  }

  fail(error: GatewayError): void {
    if (this.ended || this.failure !== undefined) throw new Error('ended twice')
    this.failure = error
    this.#settle()
  }

  #notify(): void {
    for (const { bytes, done } of this.#waiting) if (this.bytes >= bytes) done()
  }
}

/** Reads a body to its end, whichever it is. */
export async function readBody(body: BodySource): Promise<Recorder> {
  const recorder = new Recorder()
  body.start(recorder)
  await recorder.over
  return recorder
}

export function okOf(result: WireResult): WireResponse {
  if ('ok' in result) return result.ok
  throw new Error(`expected an answer, got ${result.failed.code}: ${result.failed.message}`)
}

export function failureOf(result: WireResult): GatewayError {
  if ('failed' in result) return result.failed
  throw new Error(`expected a failure, got ${result.ok.status}`)
}
