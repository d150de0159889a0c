import { randomFillSync } from 'node:crypto'

const idBytes = 16

/** Randomness for many calls at once: asking for it call by call costs more than everything else about an id. */
const pool = Buffer.alloc(idBytes * 256)
let used = pool.length

/** An id that nobody can guess, of 32 hexadecimal digits. */
export function createCallId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += idBytes
  return pool.toString('hex', used - idBytes, used)
}
