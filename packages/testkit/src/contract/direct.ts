import {
  type AttemptContext,
  type Backend,
  type BodySource,
  type Dialect,
  GatewayError,
  type StreamPart,
  silentLogger,
  systemClock,
  type Target,
  type VirtualContext,
  type WireRequest,
  type WireResult,
} from '@jackfield/core'
import type { Lane, ProviderLane } from './lanes.ts'
import type { Rig } from './rig/rig.ts'

/** A request as the host makes it, to be sent by hand. */
export interface Captured {
  readonly request: WireRequest
  readonly context: AttemptContext
}

/** Lets the host make a request on a lane, and takes a copy of it. */
export async function capture(rig: Rig, lane: ProviderLane): Promise<Captured> {
  const before = rig.spy.sent.length
  await rig.ask(lane)
  const sent = rig.spy.sent[before]
  if (sent === undefined) throw new Error('the host sent no request')
  return sent
}

/** Sends a captured request to a backend, its first target unless told otherwise. */
export async function sendTo(
  backend: Backend,
  { request, context }: Captured,
  {
    signal = new AbortController().signal,
    target,
  }: { readonly signal?: AbortSignal; readonly target?: Target } = {},
): Promise<WireResult> {
  const chosen = target ?? backend.targets.current()[0]
  if (backend.send === undefined || chosen === undefined)
    throw new Error('there is nothing to send with')
  return await backend.send(request, {
    call: context.call,
    target: chosen,
    signal,
    log: silentLogger,
    clock: systemClock,
  })
}

/** What a body delivered until it ended, broke or was cancelled. */
export interface Received {
  readonly bytes: Uint8Array
  readonly failure?: GatewayError
}

/** Reads a body to its end. */
export function readBody(body: BodySource): Promise<Received> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    body.start({
      data: (chunk) => chunks.push(chunk),
      end: () => resolve({ bytes: Buffer.concat(chunks) }),
      fail: (failure) => resolve({ bytes: Buffer.concat(chunks), failure }),
    })
  })
}

/** The dialect with which a backend had its last call translated. */
export function translatorOf({ spy }: Rig): Dialect {
  const handling = spy.handlings.findLast(({ way }) => way === 'translate')
  if (handling?.way !== 'translate') throw new Error('no call was translated')
  return handling.dialect
}

/**
 * Starts an answer of a backend without a provider by hand, to the request of an ordinary call. The call stays open, so that the backend
 * may call others.
 */
export async function iterate(
  rig: Rig,
  lane: Lane,
): Promise<{
  readonly batches: AsyncIterator<readonly StreamPart[]>
  readonly controller: AbortController
}> {
  const { backend, spy } = rig
  const { chat } = backend
  if (chat === undefined) throw new Error('the backend has no chat()')
  const asked = Promise.withResolvers<Parameters<typeof chat>>()
  spy.instead = (request, context) => {
    asked.resolve([request, context])
    return silence(context.signal)
  }
  const { done } = rig.call(lane)
  const ended = done.then(() => Promise.reject(new Error('the host did not ask chat()')))
  const [request, live] = await Promise.race([asked.promise, ended])
  ended.catch(() => {})
  const controller = new AbortController()
  const context: VirtualContext = { ...live, signal: controller.signal }
  const answer = chat.call(backend, request, context)
  return { batches: answer[Symbol.asyncIterator](), controller }
}

/** An answer that does not come until nobody wants it. */
async function* silence(signal: AbortSignal): AsyncGenerator<readonly StreamPart[]> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  yield []
}

/** Why a check ends a request. */
export function unwanted(): GatewayError {
  return new GatewayError('client_closed_request', 'The check has seen enough.')
}
