import type { Leg } from './leg.ts'

/** Milliseconds beyond a backend's own limits before the host stops waiting for it. */
const slackMs = 5_000

/**
 * Milliseconds after which an attempt without any meaningful part is given up: longer than every limit that the backend
 * keeps itself, so that it cuts off only one that does not keep them. `0`: never, where the operator switched a limit off.
 */
export function guardMs({ handling, instance, environment }: Leg): number {
  const { network, limits } = environment
  const { connectMs, firstByteMs, totalMs } = { ...network.timeouts, ...instance.backend.timeouts }
  if (connectMs === 0 || firstByteMs === 0 || totalMs === 0) return 0
  const attemptMs = connectMs + Math.max(firstByteMs, totalMs) + slackMs
  if (handling.way !== 'virtual') return attemptMs
  // The last call to another backend may start as late as this, and has a guard of its own.
  return limits.maxAttemptsMs === 0 ? 0 : limits.maxAttemptsMs + attemptMs + slackMs
}
