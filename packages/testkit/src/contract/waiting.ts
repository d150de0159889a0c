import { setTimeout as delay } from 'node:timers/promises'

/** The promise's value, or an error that says what did not come in time. */
export async function within<Value>(
  ms: number,
  promise: Promise<Value>,
  what: string,
): Promise<Value> {
  const over = new AbortController()
  const late = delay(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${what} within ${ms} ms`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
  }
}

/** Lets the event loop handle what has come in, a few times over. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Resolves when `look` becomes true; rejects when it has not within a second. */
export async function eventually(look: () => boolean, what: string, ms = 1_000): Promise<void> {
  const end = performance.now() + ms
  while (!look()) {
    if (performance.now() > end) throw new Error(`${what} within ${ms} ms`)
    await delay(2)
  }
}
