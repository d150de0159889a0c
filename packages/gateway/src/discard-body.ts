import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Clock } from '@jackfield/core'

const maxDiscardedBytes = 64 * 1024 * 1024
const maxDiscardMs = 5_000

/**
 * Reads the rest of a body that nobody wants, so that a client that is still sending reads the answer that came early
 * instead of a reset. Whoever sends on after 64 MB or 5 seconds loses the connection.
 */
export function discardBody(request: IncomingMessage, clock: Clock): void {
  if (request.complete || request.destroyed) return
  // A request that was injected comes over no connection: nobody is sending.
  if (!(request.socket instanceof Socket)) return
  let budget = maxDiscardedBytes
  const timer = clock.after(maxDiscardMs, () => request.socket.destroy())
  request.on('data', (chunk: Uint8Array) => {
    budget -= chunk.length
    if (budget < 0) request.socket.destroy()
  })
  request.once('end', () => timer.cancel())
  request.once('close', () => timer.cancel())
  request.resume()
}
