import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { turns } from './waiting.ts'

/** Collections at most: buffers are given back a while after nobody holds them any more. */
const rounds = 8

/** The fewest bytes that JavaScript objects and buffers can be brought down to. */
export async function memoryInUse(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    await turns()
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    if (heapUsed + arrayBuffers > 0.99 * least) break
    least = heapUsed + arrayBuffers
  }
  return least
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
}
