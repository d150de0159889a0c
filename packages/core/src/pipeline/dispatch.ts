import type { Parts } from '../attempt/answer-flow.ts'
import type { Attempt } from '../attempt/attempt.ts'
import type { Dispatched } from '../backend.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { Outcome } from '../outcome.ts'
import type { RoutedFailure } from './last-failure.ts'
import type { Contest } from './race.ts'

/** Batches that may wait for a slow reader before the flow is paused. */
const maxQueued = 4

/** A call to another backend in flight, which can be ended from outside too. */
export interface RunningDispatch extends Dispatched {
  /** Idempotent. */
  abort(reason: GatewayError): void
}

/** Calls another backend and lets its answer be read as parts. `open` makes the contest; it may reject. Starts at once. */
export function dispatchParts(open: () => Promise<Contest<Parts>>): RunningDispatch {
  const outcome = Promise.withResolvers<Outcome>()
  let contest: Contest<Parts> | undefined
  let aborted: GatewayError | undefined

  const abort = (reason: GatewayError) => {
    aborted ??= reason
    contest?.abort(reason)
  }
  const run = async (): Promise<Attempt<Parts> | RoutedFailure> => {
    try {
      contest = await open()
      if (aborted !== undefined) contest.abort(aborted)
      const result = await contest.run()
      return 'attempt' in result ? result.attempt : result
    } catch (error) {
      return { failure: { error: toGatewayError(error) } }
    }
  }
  const running = run()
  void running.then(async (result) => {
    outcome.resolve('failure' in result ? failed(result) : await result.outcome)
  })
  return {
    parts: read(running, abort),
    outcome: outcome.promise,
    abort,
    cancel: () => abort(unwanted()),
  }
}

async function* read(
  running: Promise<Attempt<Parts> | RoutedFailure>,
  abort: (reason: GatewayError) => void,
): AsyncGenerator<Parts> {
  try {
    const result = await running
    if ('failure' in result) throw result.failure.error
    yield* queued(result)
  } finally {
    abort(unwanted())
  }
}

async function* queued(attempt: Attempt<Parts>): AsyncGenerator<Parts> {
  const queue: Parts[] = []
  let ending: { readonly error?: GatewayError } | undefined
  let wake: () => void = () => {}
  const end = (error?: GatewayError) => {
    ending = error === undefined ? {} : { error }
    wake()
  }
  // An attempt that is aborted tells its receiver nothing.
  void attempt.outcome.then(({ result, error }) => {
    if (result === 'cancelled') end(error)
  })
  attempt.deliver({
    item(parts) {
      queue.push(parts)
      if (queue.length >= maxQueued) attempt.pause()
      wake()
    },
    end: () => end(),
    fail: (error) => end(error),
  })
  for (;;) {
    const next = queue.shift()
    if (next !== undefined) {
      if (queue.length === 0) attempt.resume()
      yield next
    } else if (ending !== undefined) {
      if (ending.error !== undefined) throw ending.error
      return
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

function failed({ failure, route }: RoutedFailure): Outcome {
  return {
    route: route ?? { backend: '', target: '', model: '', way: 'virtual' },
    result: 'failed',
    meaningful: false,
    error: failure.error,
    usage: { source: 'unknown' },
    durationMs: 0,
    dropped: [],
  }
}

function unwanted(): GatewayError {
  return new GatewayError('client_closed_request', 'The dispatched call is not wanted any more.')
}
