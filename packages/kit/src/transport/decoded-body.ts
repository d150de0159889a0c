import type { Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import { type BodyReceiver, type BodySource, GatewayError } from '@jackfield/core'
import { originOf, tooLarge } from '../errors/network-error.ts'
import { describeUpstream, type Upstream } from '../errors/upstream.ts'

/** Decoders for what servers send although they were asked for `identity`. Each read gives out what it completes. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Whether this package can undo a `content-encoding`. */
export function isDecodable(encoding: string): boolean {
  return Object.hasOwn(decoders, encoding)
}

export interface DecodedBodyOptions {
  /** A `content-encoding` that {@link isDecodable}. */
  readonly encoding: string
  /** Decoded bytes that are allowed; `0`: any number. A few bytes can stand for gigabytes. */
  readonly maxBytes: number
  readonly upstream: Upstream
}

/** A compressed body as it was before, with the same back-pressure. */
export class DecodedBody implements BodySource, BodyReceiver {
  readonly #source: BodySource
  readonly #options: DecodedBodyOptions
  readonly #decoder: Transform
  #receiver: BodyReceiver | undefined
  #received = 0
  #over = false

  constructor(source: BodySource, options: DecodedBodyOptions) {
    const create = decoders[options.encoding]
    if (create === undefined) throw new Error(`There is no decoder for ${options.encoding}`)
    this.#source = source
    this.#options = options
    this.#decoder = create()
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver
    this.#decoder
      .on('data', (chunk: Uint8Array) => this.#deliver(chunk))
      .on('drain', () => this.#source.resume())
      .on('end', () => this.#finish())
      .on('error', (error) => this.#break(this.#undecodable(error)))
    this.#source.start(this)
  }

  pause(): void {
    this.#decoder.pause()
  }

  resume(): void {
    this.#decoder.resume()
  }

  cancel(reason: GatewayError): void {
    this.#over = true
    this.#decoder.destroy()
    this.#source.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (!this.#over && !this.#decoder.write(chunk)) this.#source.pause()
  }

  end(): void {
    if (!this.#over) this.#decoder.end()
  }

  fail(error: GatewayError): void {
    if (this.#over) return
    this.#over = true
    this.#decoder.destroy()
    this.#receiver?.fail(error)
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#over) return
    const { maxBytes, upstream } = this.#options
    this.#received += chunk.length
    if (maxBytes === 0 || this.#received <= maxBytes) this.#receiver?.data(chunk)
    else this.#break(tooLarge(maxBytes, upstream))
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver?.end()
  }

  #break(error: GatewayError): void {
    if (this.#over) return
    this.cancel(error)
    this.#receiver?.fail(error)
  }

  #undecodable(cause: unknown): GatewayError {
    const { encoding, upstream } = this.#options
    return new GatewayError(
      'upstream_invalid_response',
      `${describeUpstream(upstream)} sent an answer in ${encoding} that cannot be decoded.`,
      { ...originOf(upstream), cause },
    )
  }
}
