import { type BodySource, GatewayError } from '@jackfield/core'
import {
  delivering,
  type Mutant,
  withBackend,
  withBodies,
  withResults,
  withSend,
} from './mutate.ts'

const kept: Uint8Array[] = []

/** Defects of connections, errors, probes and lists. */
export const transportMutants: readonly Mutant[] = [
  withSend(
    'does not hear that a call is over',
    (send) => (request, context) =>
      send(request, { ...context, signal: new AbortController().signal }),
    [
      'abort.before-head',
      'sockets.abort-reason',
      'sockets.aborted-before',
      'sockets.aborted-while-connecting',
    ],
  ),
  withBodies('goes on with a body that was cancelled', (body) => cancelledLate(body), [
    'sockets.cancelled-body',
  ]),
  withBodies('does not stop when it is paused', () => ({ pause: () => {} }), [
    'back-pressure.stops',
    'abort.while-paused',
  ]),
  withBodies(
    'keeps everything that it has seen',
    (body) =>
      delivering(body, (receiver) => ({
        data(chunk) {
          kept.push(chunk)
          receiver.data(chunk)
        },
      })),
    ['back-pressure.flat-memory'],
  ),
  withSend(
    'forgets a timer in every call',
    (send, { clock }) =>
      (request, context) => {
        clock.after(3_600_000, () => {})
        return send(request, context)
      },
    ['lifecycle.nothing-left'],
  ),
  withResults(
    'takes an overloaded provider for a broken one',
    (result) => reclassified(result, 503, 'upstream_error'),
    ['faults.overloaded', 'faults.overloaded/retry-after'],
  ),
  withResults(
    'takes its own rejected key for the caller’s',
    (result) => reclassified(result, 401, 'unauthenticated'),
    ['faults.key-rejected', 'keys.rejected', 'keys.all-rejected', 'probe.recovery'],
  ),
  withResults(
    'understands no dates in Retry-After',
    (result) => {
      const after = 'failed' in result ? result.raw?.headers['retry-after'] : undefined
      return typeof after === 'string' && after.includes('GMT') ? withoutHint(result) : result
    },
    ['faults.rate-limited/http-date', 'retry-hints.date', 'retry-hints.past-date'],
  ),
  withResults('does not say who failed', (result) => changed(result, { upstream: undefined }), [
    'errors.upstream',
    'operations.opaque-refusal',
  ]),
  withSend(
    'names the key in its errors',
    (send) => async (request, context) => {
      const result = await send(request, context)
      const key = (await context.target.credential?.(context.signal))?.secret.reveal()
      if (!('failed' in result) || result.raw === undefined) return result
      return changed(result, { message: `${result.failed.message} (with the key ${key})` })
    },
    ['secrets.error-answer'],
  ),
  withSend(
    'gives the request as the cause of a lost connection',
    (send) => async (request, context) => {
      const result = await send(request, context)
      const key = (await context.target.credential?.(context.signal))?.secret.reveal()
      if (!('failed' in result) || result.raw !== undefined) return result
      return changed(result, { cause: { authorization: `Bearer ${key}` } })
    },
    ['secrets.network-failure'],
  ),
  withSend(
    'logs the key when all goes well',
    (send) => async (request, context) => {
      const result = await send(request, context)
      const key = (await context.target.credential?.(context.signal))?.secret.reveal()
      if ('ok' in result) context.log.debug({ key }, 'answered')
      return result
    },
    ['secrets.good-answer', 'secrets.error-event'],
  ),
  withSend(
    'prints what it sends',
    (send) => (request, context) => {
      // biome-ignore lint/suspicious/noConsole: it is the planted defect
      console.log('sending', request.path)
      return send(request, context)
    },
    ['logs.no-console'],
  ),
  withSend(
    'sends no bodies that come in pieces',
    (send) => (request, context) => {
      const { body, ...rest } = request
      return send(body instanceof Uint8Array ? request : rest, context)
    },
    ['uploads.streamed', 'uploads.broken'],
  ),
  withBackend(
    'cannot read a list of models that is none',
    (backend) => ({
      models: async (context) => {
        try {
          return (await backend.models?.(context)) ?? []
        } catch (error) {
          if (String(error).includes('no list')) throw new TypeError('list is not iterable')
          throw error
        }
      },
    }),
    ['models.web-page', 'models.other-document', 'models.half-document'],
  ),
  withBackend(
    'goes on asking for models when nobody waits',
    (backend) => ({
      models: async (context) =>
        (await backend.models?.({ ...context, signal: new AbortController().signal })) ?? [],
    }),
    ['models.aborted'],
  ),
  withBackend('finds every target good', () => ({ probe: async () => undefined }), [
    'probe.rejected',
    'probe.unreachable',
    'probe.aborted',
  ]),
]

/** A body that does not stop at once. */
function cancelledLate(body: BodySource): Partial<BodySource> {
  return {
    start: (receiver) => body.start(receiver),
    cancel: (reason) => void setTimeout(() => body.cancel(reason), 20),
  }
}

type Result = Parameters<Parameters<typeof withResults>[1]>[0]

function changed(
  result: Result,
  change: { readonly message?: string; readonly cause?: unknown; readonly upstream?: undefined },
): Result {
  if (!('failed' in result)) return result
  const { code, message, retryAfterMs, upstream } = result.failed
  const failed = new GatewayError(code, change.message ?? message, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(upstream && !('upstream' in change) && { upstream }),
    ...(change.cause !== undefined && { cause: change.cause }),
  })
  return { ...result, failed }
}

function reclassified(result: Result, status: number, code: GatewayError['code']): Result {
  if (!('failed' in result) || result.failed.upstream?.status !== status) return result
  const { message, retryAfterMs, upstream } = result.failed
  const hint = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { ...result, failed: new GatewayError(code, message, { upstream, ...hint }) }
}

function withoutHint(result: Result): Result {
  if (!('failed' in result)) return result
  const { code, message, upstream } = result.failed
  return {
    ...result,
    failed: new GatewayError(code, message, upstream === undefined ? {} : { upstream }),
  }
}
