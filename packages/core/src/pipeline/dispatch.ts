import type { Parts } from '../attempt/answer-flow.ts'
import type { Attempt } from '../attempt/attempt.ts'
import type { Dispatched } from '../backend.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Outcome } from '../outcome.ts'
import type { AttemptLoop, LoopResult } from './attempt-loop.ts'

/** Batches that may wait for a slow reader before the flow is paused. */
const maxQueued = 4

/** A call to another backend whose answer is read as parts. `open` makes the loop; it may reject. */
export function dispatchParts(open: () => Promise<AttemptLoop<Parts>>): Dispatched {
  const outcome = Promise.withResolvers<Outcome>()
  return { parts: readParts(open, outcome.resolve), outcome: outcome.promise }
}

async function* readParts(
  open: () => Promise<AttemptLoop<Parts>>,
  settle: (outcome: Outcome) => void,
): AsyncGenerator<Parts> {
  let loop: AttemptLoop<Parts> | undefined
  try {
    loop = await open()
    const attempt = successful(await loop.run(), settle)
    void attempt.outcome.then(settle)
    yield* queued(attempt)
  } finally {
    loop?.abort(
      new GatewayError('client_closed_request', 'The dispatched call is not wanted any more.'),
    )
  }
}

function successful(result: LoopResult<Parts>, settle: (outcome: Outcome) => void): Attempt<Parts> {
  if ('attempt' in result) return result.attempt
  const { failure, route } = result
  settle({
    route: route ?? { backend: '', target: '', model: '', way: 'virtual' },
    result: 'failed',
    meaningful: false,
    error: failure.error,
    usage: { source: 'unknown' },
    durationMs: 0,
    dropped: [],
  })
  throw failure.error
}

async function* queued(attempt: Attempt<Parts>): AsyncGenerator<Parts> {
  const queue: Parts[] = []
  let ending: { readonly error?: GatewayError } | undefined
  let wake: () => void = () => {}
  attempt.deliver({
    item(parts) {
      queue.push(parts)
      if (queue.length >= maxQueued) attempt.pause()
      wake()
    },
    end() {
      ending = {}
      wake()
    },
    fail(error) {
      ending = { error }
      wake()
    },
  })
  // An attempt that was aborted tells its receiver nothing more.
  void attempt.outcome.then(({ result, error }) => {
    if (result !== 'cancelled') return
    ending ??= error === undefined ? {} : { error }
    wake()
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
