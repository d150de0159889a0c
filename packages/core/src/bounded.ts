import type { Clock } from './clock.ts'
import { GatewayError } from './errors/gateway-error.ts'

/** Runs a question that belongs to no call. Rejects, and aborts the signal, when the answer takes longer than `ms`. */
export async function bounded<Result>(
  clock: Clock,
  ms: number,
  run: (signal: AbortSignal) => Promise<Result> | Result,
): Promise<Result> {
  const controller = new AbortController()
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = clock.after(ms, () => {
    const error = new GatewayError(
      'upstream_timeout',
      `There was no answer within ${ms / 1_000} s.`,
    )
    reject(error)
    controller.abort(error)
  })
  try {
    return await Promise.race([run(controller.signal), tooLate])
  } finally {
    timer.cancel()
  }
}
