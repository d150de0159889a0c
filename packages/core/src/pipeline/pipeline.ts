import type { AnswerSink } from '../body.ts'
import type { CallInput } from '../call.ts'
import type { StoredReply } from '../dialect.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { Slots } from '../slots.ts'
import { Answer } from './answer.ts'
import { endOfCall, endOfRefusal } from './call-end.ts'
import { createCallId } from './call-id.ts'
import { CallState } from './call-state.ts'
import { encodeReply } from './encode-reply.ts'
import { enterCall } from './enter-call.ts'
import { estimateCount, estimatedHeader, needsEstimate } from './estimate-count.ts'
import type { HandlerEnvironment } from './handler-environment.ts'
import { type CallResult, OpenCall } from './open-call.ts'
import type { Snapshot } from './snapshot.ts'
import type { Stage, StageReply } from './stage.ts'
import { canWatch, watchAnswer } from './watch-answer.ts'

/** Calls that are open. */
export type OpenCalls = Slots<OpenCall>

/** What one call meets in the gateway. */
export interface CallContext {
  readonly snapshot: Snapshot
  readonly environment: HandlerEnvironment
  readonly open: OpenCalls
  /** Answer every call with this. */
  readonly refusal?: GatewayError
}

/**
 * Handles one call: authenticate, read the head, stages, route, attempt, answer, settle. Never rejects: whatever
 * happens becomes an answer in the client's dialect and one `call-end` event.
 */
export function handleCall(
  input: CallInput,
  sink: AnswerSink,
  context: CallContext,
): Promise<void> {
  const { clock } = context.environment
  const id = createCallId()
  const started = clock.monotonic()
  const answer = new Answer({ sink, input, id, clock })
  const entered = enter(input, id, context)
  return isCall(entered)
    ? conduct(entered, { answer, context, started })
    : refuse(input, id, { error: entered, answer, context, started })
}

/** Answers a call that nobody may make, or whose head cannot be read. */
async function refuse(
  input: CallInput,
  id: string,
  parts: {
    readonly error: GatewayError
    readonly answer: Answer
    readonly context: CallContext
    readonly started: number
  },
): Promise<void> {
  const { error, answer, context, started } = parts
  const { clock, events } = context.environment
  answer.fail({ error })
  logInternal(error, id, context.environment)
  const durationMs = clock.monotonic() - started
  events.emit('call-end', endOfRefusal(input, { id, status: answer.status, error, durationMs }))
}

function isCall(entered: CallState | GatewayError): entered is CallState {
  return entered instanceof CallState
}

function enter(
  input: CallInput,
  id: string,
  { snapshot, refusal }: CallContext,
): CallState | GatewayError {
  if (refusal !== undefined) return refusal
  try {
    return enterCall(input, { id, snapshot })
  } catch (error) {
    return toGatewayError(error)
  }
}

/** A call from its head to its end. */
async function conduct(
  call: CallState,
  parts: { readonly answer: Answer; readonly context: CallContext; readonly started: number },
): Promise<void> {
  const { answer, context, started } = parts
  const { environment, open } = context
  const opened = new OpenCall(call, context.snapshot, environment)
  const { signal } = call.input
  const leave = () => opened.abort(gone())
  answer.enter(call, watchOf(call, context))
  const slot = open.add(opened)
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  announce(call, environment)
  const result = await answerCall(call, { opened, answer, environment })
  signal.removeEventListener('abort', leave)
  const finishing = opened.finish()
  if (finishing !== undefined) await finishing
  open.remove(slot)
  settle(call, result, environment)
  if (result.error !== undefined) logInternal(result.error, call.id, environment)
  const durationMs = environment.clock.monotonic() - started
  environment.events.emit('call-end', endOfCall(call, { opened, answer, result, durationMs }))
}

/** A share of the answers is held against the rules of the client's dialect, where the operator wants that. */
function watchOf(
  call: CallState,
  { snapshot, environment }: CallContext,
): ((sink: AnswerSink) => AnswerSink) | undefined {
  const share = snapshot.config.validateAnswers ?? 0
  if (share === 0 || !canWatch(call.head) || environment.random() >= share) return undefined
  const { dialect, signal } = call.input
  const report = (violations: readonly string[]) =>
    environment.events.emit('answer-invalid', {
      callId: call.id,
      dialect: dialect.name,
      violations,
    })
  return (sink) => watchAnswer(sink, { dialect, head: call.head, signal, report })
}

function announce(call: CallState, { events }: HandlerEnvironment): void {
  const { id, operation, dialect, principal, head } = call
  events.emit('call-start', {
    callId: id,
    operation,
    dialect,
    principal: principal.name,
    stream: head.stream,
    ...(head.model === undefined ? {} : { model: head.model }),
  })
}

async function answerCall(
  call: CallState,
  parts: {
    readonly opened: OpenCall
    readonly answer: Answer
    readonly environment: HandlerEnvironment
  },
): Promise<CallResult> {
  const { opened, answer, environment } = parts
  try {
    const naming = opened.resolveNamed()
    const named = naming === undefined ? undefined : await naming
    if (named !== undefined) return answerStored(answer, named)
    for (const stage of environment.stages) {
      const reply = await askStage(stage, call, opened)
      if (reply === undefined) continue
      answer.reply(encodeReply(call, reply, environment))
      return {}
    }
    return await opened.run(answer)
  } catch (thrown) {
    return answerAnyway(call, { answer, environment, thrown })
  }
}

/** What no backend does, the gateway does itself where it can; everything else is an error. */
function answerAnyway(
  call: CallState,
  parts: {
    readonly answer: Answer
    readonly environment: HandlerEnvironment
    readonly thrown: unknown
  },
): CallResult {
  const { answer, environment, thrown } = parts
  try {
    const estimate = needsEstimate(call, thrown)
      ? estimateCount(call, environment.clock)
      : undefined
    if (estimate === undefined) throw thrown
    call.annotate(estimatedHeader, 'input_tokens')
    answer.reply(estimate)
    return {}
  } catch (reason) {
    const error = toGatewayError(reason)
    answer.fail({ error })
    return { error }
  }
}

/** The answer that the call is about is kept here. */
function answerStored(answer: Answer, { body, framing }: StoredReply): CallResult {
  answer.reply(body, framing)
  return {}
}

/** A stage that waits for something is not waited for longer than the client waits. */
function askStage(
  stage: Stage,
  call: CallState,
  opened: OpenCall,
): StageReply | undefined | Promise<StageReply | undefined> {
  const reply = stage.request?.(call)
  return reply instanceof Promise ? opened.wait(reply) : reply
}

function settle(
  call: CallState,
  { outcome }: CallResult,
  { stages, log }: HandlerEnvironment,
): void {
  for (const stage of stages) {
    try {
      stage.settled?.(call, outcome)
    } catch (error) {
      log.error({ callId: call.id, stage: stage.name, err: error }, 'stage failed')
    }
  }
}

function logInternal(error: GatewayError, callId: string, { log }: HandlerEnvironment): void {
  if (error.code === 'internal') log.error({ callId, err: error.cause ?? error }, 'call failed')
}

function gone(): GatewayError {
  return new GatewayError('client_closed_request', 'The client closed the connection.')
}
