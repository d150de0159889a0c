import type { CallInput } from '../call.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { CallEnd } from '../events.ts'
import { totalUsage } from './accounting.ts'
import type { Answer } from './answer.ts'
import type { CallState } from './call-state.ts'
import type { CallResult, OpenCall } from './open-call.ts'

/** Everything that is told of a call at its end. */
export function endOfCall(
  call: CallState,
  parts: {
    readonly opened: OpenCall
    readonly answer: Answer
    readonly result: CallResult
    readonly durationMs: number
  },
): CallEnd {
  const { opened, answer, result, durationMs } = parts
  const { outcome, route, error } = result
  const { head } = call
  return {
    callId: call.id,
    operation: call.operation,
    dialect: call.dialect,
    principal: call.principal.name,
    path: call.path,
    stream: head.stream,
    status: answer.status,
    attempts: opened.attempts,
    durationMs,
    usage: outcome?.usage ?? { source: 'unknown' },
    totalUsage: totalUsage(opened.outcomes),
    attemptUsage: opened.outcomes.map(({ route, result, usage }) => ({ route, result, usage })),
    decision: opened.decision,
    annotations: call.annotations,
    ...(head.model === undefined ? {} : { model: head.model }),
    ...(route === undefined ? {} : { route }),
    ...(error === undefined ? {} : { error }),
    ...(outcome?.finish === undefined ? {} : { finishReason: outcome.finish.reason }),
    ...(outcome?.ttftMs === undefined ? {} : { ttftMs: outcome.ttftMs }),
  }
}

/** The same of a call whose head could not be read, or that nobody may make. */
export function endOfRefusal(
  { operation, dialect, path }: CallInput,
  fields: {
    readonly id: string
    readonly status: number
    readonly error: GatewayError
    readonly durationMs: number
  },
): CallEnd {
  const { id, status, error, durationMs } = fields
  return {
    callId: id,
    operation,
    dialect: dialect.name,
    principal: '',
    path,
    stream: false,
    status,
    error,
    attempts: 0,
    durationMs,
    usage: { source: 'unknown' },
    totalUsage: { source: 'unknown' },
    attemptUsage: [],
    decision: [],
    annotations: {},
  }
}
