import { BenchFailure } from './failure.ts'

/** The promise, or a `BenchFailure` that names what took longer than `ms`. Nothing in a benchmark may wait for ever. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new BenchFailure(`${what} took longer than ${ms / 1_000} s`)),
    ms,
  )
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
