import type { Backend } from '@jackfield/core'
import { probeTimeouts } from './models.ts'
import type { Sender } from './sender.ts'
import { readBounded } from './transport/bounded-body.ts'

/** Statuses that say nothing about a credential: the server lives, and has no such path. */
const inconclusive: ReadonlySet<number> = new Set([404, 405, 501])

/** Small documents are read to their end, so that the connection can be used again. */
const maxBytes = 64 * 1024

/** Makes `probe`: asks for a small document and reads what its status says of the target. */
export function createProbe(sender: Sender, path: string | false): NonNullable<Backend['probe']> {
  return async (target, { signal }) => {
    if (path === false) return undefined
    const result = await sender.get(path, { target, signal, timeouts: probeTimeouts })
    if ('failed' in result) {
      return inconclusive.has(result.raw?.status ?? 0) ? undefined : result.failed
    }
    await readBounded(result.ok.body, maxBytes)
    return undefined
  }
}
