import type {
  AttemptEnd,
  AttemptUsage,
  AttributedUsage,
  CallEnd,
  Gateway,
  Logger,
} from '@jackfield/core'

/** Writes what the gateway tells about itself: one line per call at its end, and what operators must know of targets. */
export function logEvents(
  events: Gateway['events'],
  options: { readonly log: Logger; readonly redact: (text: string) => string },
): void {
  const { log, redact } = options
  events.on('call-end', (end) => {
    log.info(callFields(end, redact), 'call')
    log.debug({ callId: end.callId, decision: end.decision }, 'decision')
  })
  events.on('attempt-end', (end) => {
    if (end.outcome.result === 'failed') log.warn(attemptFields(end, redact), 'attempt failed')
  })
  events.on('target-state', ({ reason, ...change }) => {
    const level = change.state === 'ready' ? 'info' : 'warn'
    log[level]({ ...change, reason: redact(reason) }, 'target changed')
  })
  events.on('backend-fault', ({ backend, callId, error }) => {
    log.error({ backend, callId, err: error }, 'backend failed unexpectedly')
  })
  events.on('answer-invalid', ({ violations, ...answer }) => {
    log.warn({ ...answer, violations: violations.map(redact) }, 'answer breaks its protocol')
  })
  events.on('config-applied', (changes) => log.info(changes, 'configuration applied'))
}

type Redact = (text: string) => string

/** Characters of a text of the client's that a line repeats. */
const longest = 200

/** What `docs/reference/log.md` says of the line of a call. */
function callFields(end: CallEnd, redact: Redact): object {
  const { route, usage, totalUsage, attemptUsage, error, annotations } = end
  return {
    callId: end.callId,
    principal: end.principal,
    operation: end.operation,
    dialect: end.dialect,
    path: shortened(end.path),
    model: end.model === undefined ? undefined : shortened(end.model),
    stream: end.stream,
    status: end.status,
    code: error?.code,
    reason: error === undefined ? undefined : redact(error.message),
    backend: route?.backend,
    target: route?.target,
    upstreamModel: route === undefined ? undefined : shortened(route.model),
    way: route?.way,
    attempts: end.attempts,
    ttftMs: rounded(end.ttftMs),
    durationMs: rounded(end.durationMs),
    finishReason: end.finishReason,
    usage: counters(usage),
    totalUsage: end.attempts > 1 ? counters(totalUsage) : undefined,
    attemptUsage: attemptUsage.length > 1 ? attemptUsage.map(usageFields) : undefined,
    annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
  }
}

function usageFields({ route, result, usage }: AttemptUsage): object {
  const { backend, target, model } = route
  return { backend, target, upstreamModel: shortened(model), result, ...counters(usage) }
}

function attemptFields({ callId, attempt, outcome, next }: AttemptEnd, redact: Redact): object {
  const { route, error, status, durationMs } = outcome
  return {
    callId,
    attempt,
    backend: route.backend,
    target: route.target,
    upstreamModel: shortened(route.model),
    way: route.way,
    upstreamStatus: status,
    upstreamRequestId: error?.upstream?.requestId,
    code: error?.code,
    reason: error === undefined ? undefined : redact(error.message),
    durationMs: rounded(durationMs),
    next,
  }
}

/** Clients choose these texts. */
function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function counters({ source, usage }: AttributedUsage): object {
  const { extra: _, ...counted } = usage ?? {}
  return { source, ...counted }
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10
}
