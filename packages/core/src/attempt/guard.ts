import type { Timeouts } from '../backend.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import type { Leg } from './leg.ts'
import { asNeutral } from './neutral-failure.ts'

/** Milliseconds beyond a backend's own limits before the host stops waiting for it. */
const slackMs = 5_000

/** How long the host waits for the first meaningful part of a stream, and as what the limit was written. */
export interface FirstTokenLimit {
  readonly ms: number
  readonly name: 'timeouts.first_token' | 'ttft_timeout'
}

/**
 * Milliseconds after which an attempt without any meaningful part is given up: longer than every limit that the backend
 * keeps itself, so that it cuts off only one that does not keep them. `0`: never, where the operator switched a limit off.
 */
export function guardMs(leg: Leg): number {
  const { limits } = leg.environment
  const connectMs = limitOf(leg, 'connectMs')
  const firstByteMs = limitOf(leg, 'firstByteMs')
  const totalMs = limitOf(leg, 'totalMs')
  if (connectMs === 0 || firstByteMs === 0 || totalMs === 0) return 0
  const attemptMs = connectMs + Math.max(firstByteMs, totalMs) + slackMs
  if (leg.handling.way !== 'virtual') return attemptMs
  // The last call to another backend may start as late as this, and has a guard of its own.
  return limits.maxAttemptsMs === 0 ? 0 : limits.maxAttemptsMs + attemptMs + slackMs
}

/**
 * The limit for the first meaningful part, where the call is to be streamed and there is one. What holds for all backends holds
 * for the calls that a virtual backend makes, each by itself, and not for all of them together.
 */
export function firstTokenLimit(leg: Leg): FirstTokenLimit | undefined {
  if (!leg.head.stream) return undefined
  const own = leg.timeouts?.firstTokenMs
  if (own !== undefined) return own > 0 ? { ms: own, name: 'ttft_timeout' } : undefined
  const { handling, instance, environment } = leg
  const common = handling.way === 'virtual' ? 0 : environment.network.timeouts.firstTokenMs
  const ms = instance.backend.timeouts?.firstTokenMs ?? common
  return ms > 0 ? { ms, name: 'timeouts.first_token' } : undefined
}

/** The failure of a stream that showed nothing in time. A leaf's own limit says what the call wants, not what is wrong. */
export function lateFirstToken({ ms, name }: FirstTokenLimit, route: Route): GatewayError {
  const { backend, target } = route
  const time = ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`
  const error = new GatewayError(
    'upstream_timeout',
    `The backend "${backend}" took too long: its stream showed nothing within ${time} (${name}).`,
    { upstream: { backend, target } },
  )
  return name === 'ttft_timeout' ? asNeutral(error) : error
}

/** The failure of a backend that keeps no limit. */
export function noAnswer({ backend, target }: Route): GatewayError {
  return new GatewayError(
    'upstream_timeout',
    `The backend "${backend}" gave no answer in time, not even an error.`,
    { upstream: { backend, target } },
  )
}

function limitOf({ timeouts, instance, environment }: Leg, name: keyof Timeouts): number {
  const network = environment.network.timeouts
  return timeouts?.[name] ?? instance.backend.timeouts?.[name] ?? network[name]
}
