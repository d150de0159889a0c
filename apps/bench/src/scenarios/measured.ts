import { withDeadline } from '../deadline.ts'
import { BenchFailure } from '../failure.ts'
import { Connection } from '../load/connection.ts'
import { type CheckedRequest, exchangeChecked } from '../load/exchange.ts'
import { settled } from '../process/usage.ts'
import type { Target } from '../targets/target.ts'
import type { UpstreamProcess } from '../upstream/start-upstream.ts'
import { isTranslated } from '../workload/protocols/way.ts'

/** What the upstream must have seen of a piece of work when the target neither loses, repeats nor changes anything. */
export interface ExpectedTraffic {
  readonly requests: number
  readonly bodyBytes: number
}

const roundLimitMs = 60_000

/** Does some work and returns the CPU time that each target used for it, in microseconds; from rest to rest. */
export async function measureCpu(
  targets: readonly Target[],
  work: () => Promise<void>,
): Promise<readonly number[]> {
  const before = await settleAll(targets)
  await withDeadline(work(), roundLimitMs, 'a round')
  const after = await settleAll(targets)
  return after.map((nanoseconds, index) => (nanoseconds - (before[index] ?? 0)) / 1_000)
}

function settleAll(targets: readonly Target[]): Promise<readonly number[]> {
  return Promise.all(targets.map(({ child }) => settled(child.pid)))
}

/** Does some work and fails unless exactly this traffic reached the upstream: nothing lost, nothing repeated, no byte more or less. */
export async function expectTraffic(
  upstream: UpstreamProcess,
  expected: ExpectedTraffic,
  work: () => Promise<void>,
): Promise<void> {
  const before = await upstream.counters()
  await work()
  const after = await upstream.counters()
  const requests = after.requests - before.requests
  const bodyBytes = after.bodyBytes - before.bodyBytes
  if (requests === expected.requests && bodyBytes === expected.bodyBytes) return
  throw new BenchFailure(
    `the upstream got ${requests} requests with ${bodyBytes} bytes, the driver sent ${expected.requests} with ${expected.bodyBytes}`,
  )
}

/** Bytes of a request's body as they reach the upstream: those that were sent or, where the target translates, as many as one request shows. */
export async function bytesUpstream(
  upstream: UpstreamProcess,
  { port, way }: Target,
  checked: CheckedRequest,
): Promise<number> {
  if (!isTranslated(way)) return checked.request.body.length
  const before = await upstream.counters()
  const connection = await Connection.open(port)
  try {
    await withDeadline(exchangeChecked(connection, checked), roundLimitMs, 'a single request')
  } finally {
    connection.close()
  }
  const after = await upstream.counters()
  return after.bodyBytes - before.bodyBytes
}
