import type { Socket } from 'node:net'
import type { RecordedConnection } from './recorded-request.ts'

/** Why a script stops in the middle: there is nobody to talk to any more. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone'
}

/** One accepted socket. `gone` aborts when the peer has closed its side, the socket is closed or the server is. */
export class Connection implements RecordedConnection {
  readonly id: number
  readonly socket: Socket
  readonly openedAt = performance.now()
  readonly gone: AbortSignal
  readonly closed: Promise<void>
  closedAt: number | undefined
  readonly #gone = new AbortController()

  constructor(id: number, socket: Socket) {
    this.id = id
    this.socket = socket
    this.gone = this.#gone.signal
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    const leave = (): void => this.#gone.abort()
    socket.on('end', leave)
    // Resets are part of the play; `close` follows.
    socket.on('error', leave)
    socket.on('close', () => {
      this.closedAt = performance.now()
      leave()
      resolve()
    })
  }

  /** Closes the socket and ends its script. */
  destroy(): void {
    this.socket.destroy()
    this.#gone.abort()
  }
}

/**
 * Waits for something that belongs to a connection; rejects with {@link ConnectionGone} as soon as that is gone. `begin` starts
 * the wait and returns how to take it back.
 */
export function unlessGone(
  gone: AbortSignal,
  begin: (done: (error?: Error | null) => void) => (() => void) | undefined,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (gone.aborted) return Promise.reject(new ConnectionGone())
  let undo: (() => void) | undefined
  const onGone = (): void => {
    undo?.()
    reject(new ConnectionGone())
  }
  gone.addEventListener('abort', onGone, { once: true })
  undo = begin((error) => {
    gone.removeEventListener('abort', onGone)
    // A write only fails because the socket is closed or closing.
    if (error) reject(new ConnectionGone(error.message, { cause: error }))
    else resolve()
  })
  return promise
}
