import { type AnswerSink, headerValue } from '../body.ts'
import type { CallInput } from '../call.ts'
import { responseParts } from '../chat/response-parts.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import { totalUsage } from './accounting.ts'
import { Answer } from './answer.ts'
import { createCallId } from './call-id.ts'
import { CallState } from './call-state.ts'
import { type CallResult, type HandlerEnvironment, OpenCall } from './open-call.ts'
import type { Snapshot } from './snapshot.ts'
import type { StageReply } from './stage.ts'

/** Header with which a client names the backend, for calls whose body the gateway does not read. */
const backendHeader = 'x-jackfield-backend'

/** Calls that are open, by id. */
export type OpenCalls = Map<string, OpenCall>

/**
 * Handles one call: authenticate, read the head, stages, route, attempt, answer, settle. Never rejects: whatever
 * happens becomes an answer in the client's dialect and one `call-end` event.
 */
export async function handleCall(
  input: CallInput,
  sink: AnswerSink,
  options: {
    readonly snapshot: Snapshot
    readonly environment: HandlerEnvironment
    readonly open: OpenCalls
    /** Answer every call with this. */
    readonly refusal?: GatewayError
  },
): Promise<void> {
  const { snapshot, environment } = options
  const id = createCallId()
  const started = environment.clock.monotonic()
  const answer = new Answer({ sink, input, id, clock: environment.clock })
  const entered =
    options.refusal === undefined ? enter(input, id, snapshot) : { error: options.refusal }
  if ('error' in entered) {
    answer.fail(entered, {})
    logInternal(entered.error, id, environment)
    environment.events.emit(
      'call-end',
      refusedCall(input, {
        id,
        answer,
        error: entered.error,
        durationMs: environment.clock.monotonic() - started,
      }),
    )
    return
  }
  const { call } = entered
  const opened = new OpenCall(call, snapshot, environment)
  options.open.set(id, opened)
  const leave = () => opened.abort(gone())
  if (input.signal.aborted) leave()
  else input.signal.addEventListener('abort', leave, { once: true })
  const result = await conduct(call, opened, answer, environment)
  input.signal.removeEventListener('abort', leave)
  options.open.delete(id)
  opened.release()
  settle(call, {
    opened,
    answer,
    result,
    environment,
    durationMs: environment.clock.monotonic() - started,
  })
}

function enter(
  input: CallInput,
  id: string,
  snapshot: Snapshot,
): { readonly call: CallState } | { readonly error: GatewayError } {
  try {
    const principal = snapshot.authenticate(input.headers)
    const head = input.dialect.head(input)
    const call = new CallState({ id, input, head, principal })
    const named = headerValue(input.headers, backendHeader)
    if (named !== undefined) call.pick(requireBackend(named, snapshot))
    return { call }
  } catch (error) {
    return { error: toGatewayError(error) }
  }
}

function requireBackend(name: string, { routing }: Snapshot): string {
  if (routing.isBackend(name)) return name
  throw new GatewayError(
    'invalid_request',
    `The header ${backendHeader} names no configured backend. Backends: ${routing.names.join(', ')}.`,
    { param: backendHeader },
  )
}

async function conduct(
  call: CallState,
  opened: OpenCall,
  answer: Answer,
  environment: HandlerEnvironment,
): Promise<CallResult> {
  const { events, stages } = environment
  const { id, operation, dialect, principal, head } = call
  events.emit('call-start', {
    callId: id,
    operation,
    dialect,
    principal: principal.name,
    stream: head.stream,
    ...(head.model === undefined ? {} : { model: head.model }),
  })
  try {
    for (const stage of stages) {
      const reply = await stage.request?.(call)
      if (reply !== undefined) return answerItself(call, opened, { answer, reply })
    }
    return await opened.run(answer)
  } catch (error) {
    const failure = toGatewayError(error)
    logInternal(failure, id, environment)
    answer.fail({ error: failure }, { encode: opened.encodeContext })
    return { error: failure }
  }
}

/** A stage answers instead of a backend: in the client's dialect, streamed when asked. */
function answerItself(
  call: CallState,
  opened: OpenCall,
  { answer, reply }: { readonly answer: Answer; readonly reply: StageReply },
): CallResult {
  const codec = call.input.dialect.chat
  const response = { ...reply, finish: { reason: 'stop' as const } }
  const context = opened.encodeContext
  const bytes = call.head.stream
    ? codec.streamEncoder(context).push([...responseParts(response)])
    : codec.encodeResponse(response, context)
  answer.reply(call, bytes)
  return {}
}

function settle(
  call: CallState,
  context: {
    readonly opened: OpenCall
    readonly answer: Answer
    readonly result: CallResult
    readonly environment: HandlerEnvironment
    readonly durationMs: number
  },
): void {
  const { opened, answer, result, environment, durationMs } = context
  const { outcome, route, error } = result
  for (const stage of environment.stages) {
    try {
      stage.settled?.(call, outcome)
    } catch (failure) {
      environment.log.error({ callId: call.id, stage: stage.name, err: failure }, 'stage failed')
    }
  }
  const { head } = call
  environment.events.emit('call-end', {
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
    decision: opened.decision,
    annotations: call.annotations,
    ...(head.model === undefined ? {} : { model: head.model }),
    ...(route === undefined ? {} : { route }),
    ...(error === undefined ? {} : { error }),
    ...(outcome?.finish === undefined ? {} : { finishReason: outcome.finish.reason }),
    ...(outcome?.ttftMs === undefined ? {} : { ttftMs: outcome.ttftMs }),
  })
}

function refusedCall(
  input: CallInput,
  context: {
    readonly id: string
    readonly answer: Answer
    readonly error: GatewayError
    readonly durationMs: number
  },
) {
  return {
    callId: context.id,
    operation: input.operation,
    dialect: input.dialect.name,
    principal: '',
    path: input.path,
    stream: false,
    status: context.answer.status,
    error: context.error,
    attempts: 0,
    durationMs: context.durationMs,
    usage: { source: 'unknown' as const },
    totalUsage: { source: 'unknown' as const },
    decision: [],
    annotations: {},
  }
}

function logInternal(error: GatewayError, callId: string, { log }: HandlerEnvironment): void {
  if (error.code === 'internal') log.error({ callId, err: error.cause ?? error }, 'call failed')
}

function gone(): GatewayError {
  return new GatewayError('client_closed_request', 'The client closed the connection.')
}
