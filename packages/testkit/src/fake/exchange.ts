import type { IncomingMessage } from 'node:http'
import { type Connection, unlessGone } from './connection.ts'
import type { RecordedRequest, RequestState } from './recorded-request.ts'

const unfinished: ReadonlySet<RequestState> = new Set(['receiving', 'answering', 'hanging'])

/** A recorded request with the side that the server writes. `onChange` is called whenever somebody may wait for what changed. */
export class Exchange implements RecordedRequest {
  readonly index: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly (readonly [string, string])[]
  readonly connection: number
  readonly receivedAt = performance.now()
  abortedAt: number | undefined
  readonly #link: Connection
  readonly #message: IncomingMessage
  readonly #onChange: () => void
  readonly #sentBefore: number
  readonly #chunks: Uint8Array[] = []
  readonly #leave = (): void => {
    this.abortedAt = performance.now()
    this.enter('aborted')
  }
  #state: RequestState = 'receiving'
  #writes = 0
  #writing = false

  constructor(index: number, message: IncomingMessage, link: Connection, onChange: () => void) {
    const [path = '', ...query] = (message.url ?? '').split('?')
    this.index = index
    this.method = message.method ?? ''
    this.path = path
    this.query = query.join('?')
    this.rawHeaders = pairs(message.rawHeaders)
    this.headers = joined(this.rawHeaders)
    this.connection = link.id
    this.#link = link
    this.#message = message
    this.#onChange = onChange
    this.#sentBefore = link.socket.bytesWritten
    link.gone.addEventListener('abort', this.#leave)
  }

  get state(): RequestState {
    return this.#state
  }

  get body(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  get bytesSent(): number {
    const { bytesWritten, writableLength } = this.#link.socket
    return bytesWritten - writableLength - this.#sentBefore
  }

  /** The number of the write that the kernel has not taken yet, if there is one. */
  get pendingWrite(): number | undefined {
    return this.#writing ? this.#writes : undefined
  }

  get isOpen(): boolean {
    return unfinished.has(this.#state)
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  json(): unknown {
    return JSON.parse(this.text())
  }

  enter(state: RequestState): void {
    if (!this.isOpen) return
    this.#state = state
    if (!this.isOpen) this.#link.gone.removeEventListener('abort', this.#leave)
    this.#onChange()
  }

  noteWrite(pending: boolean): void {
    if (pending) this.#writes += 1
    this.#writing = pending
    this.#onChange()
  }

  /** Reads the body to its end. Rejects when the client goes away before that. */
  receive(): Promise<void> {
    return unlessGone(this.#link.gone, (done) => {
      this.#message.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk))
      this.#message.on('end', () => done())
      return undefined
    })
  }
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[index * 2] ?? '',
    flat[index * 2 + 1] ?? '',
  ])
}

function joined(rawHeaders: readonly (readonly [string, string])[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of rawHeaders) {
    const key = name.toLowerCase()
    const earlier = headers[key]
    headers[key] = earlier === undefined ? value : `${earlier}, ${value}`
  }
  return headers
}
