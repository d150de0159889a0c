import type { AttributedUsage, CallEnd, Gateway, Logger } from '@jackfield/core'

/** Writes what the gateway tells about itself: one line per call at its end, and what operators must know of targets. */
export function logEvents(gateway: Gateway, log: Logger): void {
  gateway.events.on('call-end', (end) => logCall(end, log))
  gateway.events.on('attempt-end', ({ callId, attempt, outcome, next }) => {
    if (outcome.result !== 'failed') return
    const { route, error, status } = outcome
    const fields = {
      callId,
      attempt,
      ...route,
      status,
      code: error?.code,
      err: error?.message,
      next,
    }
    log.warn(fields, 'attempt failed')
  })
  gateway.events.on('target-state', (change) => {
    const level = change.state === 'ready' ? 'info' : 'warn'
    log[level](change, 'target changed')
  })
  gateway.events.on('backend-fault', ({ backend, callId, error }) => {
    log.error({ backend, callId, err: error }, 'backend failed unexpectedly')
  })
  gateway.events.on('config-applied', (changes) => log.info(changes, 'configuration applied'))
}

function logCall(end: CallEnd, log: Logger): void {
  const { route, usage, totalUsage, decision, error, annotations, ...rest } = end
  const fields = {
    ...rest,
    ttftMs: rounded(end.ttftMs),
    durationMs: rounded(end.durationMs),
    backend: route?.backend,
    target: route?.target,
    upstreamModel: route?.model,
    way: route?.way,
    code: error?.code,
    reason: error?.message,
    usage: flat(usage),
    ...(end.attempts > 1 ? { totalUsage: flat(totalUsage) } : {}),
    ...annotations,
  }
  log.info(fields, 'call')
  log.debug({ callId: end.callId, decision }, 'decision')
}

function flat({ source, usage }: AttributedUsage): object {
  const { extra: _, ...counters } = usage ?? {}
  return { source, ...counters }
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10
}
