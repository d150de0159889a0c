import { createServer } from 'node:net'
import { BenchFailure } from '../failure.ts'

/** A loopback port that was free a moment ago. A target is told its port, because none is asked to report the one it chose. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  await closed.promise
  if (address === null || typeof address === 'string') throw new BenchFailure('no free port')
  return address.port
}
