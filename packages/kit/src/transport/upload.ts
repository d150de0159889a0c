import { Readable } from 'node:stream'
import { type BodyReceiver, type BodySource, GatewayError } from '@jackfield/core'

/** Who wants to know whose turn it is while a body is streamed up. */
export interface UploadObserver {
  /** The upstream would take more, but the sender has not sent it yet. */
  starved(): void
  fed(): void
}

/** A body that is streamed up as it comes, no faster than the upstream takes it. */
export class Upload extends Readable implements BodyReceiver {
  readonly #source: BodySource
  readonly #observer: UploadObserver
  #started = false
  #over = false

  constructor(source: BodySource, observer: UploadObserver) {
    super()
    this.#source = source
    this.#observer = observer
    // undici stops listening when the request is over; what breaks the rest of the body then concerns nobody.
    this.on('error', () => {})
  }

  override _read(): void {
    if (this.#over) return
    this.#observer.starved()
    if (this.#started) {
      this.#source.resume()
      return
    }
    this.#started = true
    this.#source.start(this)
  }

  data(chunk: Uint8Array): void {
    this.#observer.fed()
    if (!this.push(chunk)) this.#source.pause()
  }

  end(): void {
    this.#over = true
    this.#observer.fed()
    this.push(null)
  }

  fail(error: GatewayError): void {
    this.#over = true
    this.destroy(error)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#over) this.#source.cancel(unwanted())
    this.#over = true
    callback(error)
  }
}

function unwanted(): GatewayError {
  return new GatewayError(
    'client_closed_request',
    'The rest of the request body is not needed any more.',
  )
}
