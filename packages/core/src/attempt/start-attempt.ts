import { attributed } from '../attribution.ts'
import type { VirtualContext } from '../backend.ts'
import { withSettings } from '../chat/settings.ts'
import type { EncodeContext } from '../dialect.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import type { CallState } from '../pipeline/call-state.ts'
import type { AnswerFlow, Parts } from './answer-flow.ts'
import { Attempt, type AttemptFailure, type OpenedAnswer } from './attempt.ts'
import { asBackendFailure } from './backend-failure.ts'
import { CollectFlow, EncodeFlow } from './encode-flow.ts'
import { iterableOrigin } from './iterable-origin.ts'
import { attemptContext, type Leg, wireModel } from './leg.ts'
import {
  openDecoded,
  openForwarded,
  openRelayed,
  refuseStream,
  requireReadable,
  sendWire,
} from './open-answer.ts'
import { PartsFlow } from './parts-flow.ts'
import { TransformFlow } from './transform-flow.ts'
import { forwardedRequest, hidesUsage, relayedRequest, translatedRequest } from './wire-request.ts'

type Opened<Item> = OpenedAnswer<Item> | { readonly failure: AttemptFailure }

/** Time beyond the backend's own limits before the host stops waiting for it. */
const guardMs = 5_000

/** Starts an attempt whose answer is bytes for the client of `call`. */
export function startClientAttempt(leg: Leg, call: CallState): Attempt<Uint8Array> {
  const dropped: string[] = []
  return start(leg, dropped, async (signal) => {
    if (leg.handling.way === 'relay') return await openRelay(leg, call, signal)
    if (leg.handling.way === 'forward' && leg.transforms.length === 0) {
      return await openForward(leg, call, { signal, dropped })
    }
    return forClient(await openParts(leg, { signal, dropped }), leg, call)
  })
}

/** Starts an attempt whose answer is parts, for a virtual backend. */
export function startPartsAttempt(leg: Leg): Attempt<Parts> {
  const dropped: string[] = []
  return start(leg, dropped, (signal) => openParts(leg, { signal, dropped }))
}

function start<Item>(
  leg: Leg,
  dropped: readonly string[],
  open: (signal: AbortSignal) => Promise<Opened<Item>>,
): Attempt<Item> {
  const { call, instance, lease, handling, environment } = leg
  const route: Route = {
    backend: instance.name,
    target: lease.target.name,
    model: wireModel(leg),
    way: handling.way,
    ...('surface' in handling ? { surface: handling.surface } : {}),
  }
  return new Attempt({
    route,
    open: (signal) => attributed({ backend: instance.name, callId: call.id }, () => open(signal)),
    clock: environment.clock,
    maxHeldBytes: environment.limits.maxHeldBytes,
    firstPartMs: patienceFor(leg),
    timeoutError: () => silentBackend(instance.name),
    dropped,
    onFirstPart: () => lease.firstPart(),
  })
}

/**
 * Milliseconds until a backend must have shown something, were it as slow as its own limits allow. What is not a
 * stream shows nothing before it is complete.
 */
function patienceFor({ head, environment }: Leg): number {
  const { connectMs, firstByteMs, totalMs } = environment.network.timeouts
  const longest = head.stream ? firstByteMs : Math.max(firstByteMs, totalMs)
  if (firstByteMs === 0 || (!head.stream && totalMs === 0)) return 0
  return connectMs + longest + guardMs
}

async function openForward(
  leg: Leg,
  call: CallState,
  { signal, dropped }: { readonly signal: AbortSignal; readonly dropped: string[] },
): Promise<Opened<Uint8Array>> {
  const { handling, head, instance, environment } = leg
  if (handling.way !== 'forward') throw new TypeError('not a forwarded call')
  const wire = forwardedRequest(leg, call, dropped)
  const sent = await sendWire(instance, wire, attemptContext(leg, signal))
  if ('failure' in sent) return sent
  const { response } = sent
  const unreadable = requireReadable(response)
  if (unreadable !== undefined) return { failure: { error: unreadable } }
  const { dialect } = handling
  const maxBytes = environment.network.maxResponseBytes
  if (response.framing === head.framing) {
    return await openForwarded(response, { dialect, hideUsage: hidesUsage(leg), maxBytes, signal })
  }
  if (head.operation === 'embeddings') return { failure: { error: refuseStream(response) } }
  // The provider streams although the client does not, or the other way round.
  return forClient(await openDecoded(response, { dialect, maxBytes, signal }), leg, call)
}

async function openRelay(
  leg: Leg,
  call: CallState,
  signal: AbortSignal,
): Promise<Opened<Uint8Array>> {
  const wire = relayedRequest(leg, call)
  const sent = await sendWire(leg.instance, wire, attemptContext(leg, signal))
  return 'failure' in sent ? sent : openRelayed(sent.response)
}

async function openParts(
  leg: Leg,
  { signal, dropped }: { readonly signal: AbortSignal; readonly dropped: string[] },
): Promise<Opened<Parts>> {
  const { handling, instance, environment } = leg
  if (handling.way === 'virtual') return openVirtual(leg, signal)
  if (handling.way === 'relay') throw new TypeError('a relayed call has no parts')
  const wire = translatedRequest(leg, dropped)
  const sent = await sendWire(instance, wire, attemptContext(leg, signal))
  if ('failure' in sent) return sent
  const unreadable = requireReadable(sent.response)
  if (unreadable !== undefined) return { failure: { error: unreadable } }
  return await openDecoded(sent.response, {
    dialect: handling.dialect,
    maxBytes: environment.network.maxResponseBytes,
    signal,
  })
}

function openVirtual(leg: Leg, signal: AbortSignal): Opened<Parts> {
  const { instance, settings } = leg
  const { chat } = instance.backend
  if (chat === undefined) {
    throw new GatewayError(
      'internal',
      `The backend "${instance.name}" is virtual but has no chat().`,
    )
  }
  const context: VirtualContext = {
    ...attemptContext(leg, signal),
    model: wireModel(leg),
    dispatch: (selector, request) => leg.dispatch(selector, request, signal),
  }
  const request = withSettings(leg.request(), settings)
  const parts = chatWith(leg, () => chat.call(instance.backend, request, context), context)
  if (isGatewayError(parts)) return { failure: { error: parts } }
  return { flow: new PartsFlow(iterableOrigin(parts)), status: 200, headers: {}, framing: 'sse' }
}

type PartsIterable = AsyncIterable<Parts>

/** Calls a backend's `chat()`: what it throws, and what is no answer at all, is a failure of the backend. */
function chatWith(
  { instance }: Leg,
  chat: () => PartsIterable,
  context: VirtualContext,
): PartsIterable | GatewayError {
  try {
    const parts: unknown = chat()
    if (isIterable(parts)) return parts
    throw new TypeError('chat() did not return an iterable')
  } catch (error) {
    return asBackendFailure(error, instance.name, context)
  }
}

function isIterable(value: unknown): value is PartsIterable {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}

/** Parts as the bytes that the client expects. */
function forClient(opened: Opened<Parts>, leg: Leg, call: CallState): Opened<Uint8Array> {
  if ('failure' in opened) return opened
  const codec = call.input.dialect.chat
  const context = encodeContext(leg, call)
  const parts: AnswerFlow<Parts> =
    leg.transforms.length === 0 ? opened.flow : new TransformFlow(opened.flow, leg.transforms)
  const flow = call.head.stream
    ? new EncodeFlow(parts, codec.streamEncoder(context))
    : new CollectFlow(parts, {
        encode: (response) => codec.encodeResponse(response, context),
        maxSize: leg.environment.network.maxResponseBytes,
      })
  return { ...opened, flow, headers: {}, framing: call.head.framing }
}

/** What encoders need to know of a call. */
export function encodeContext(
  { environment }: Pick<Leg, 'environment'>,
  call: CallState,
): EncodeContext {
  return {
    model: call.head.model ?? '',
    id: call.id,
    created: Math.floor(environment.clock.now() / 1_000),
    framing: call.head.framing,
    includeUsage: call.head.includeUsage,
  }
}

function silentBackend(name: string): GatewayError {
  return new GatewayError(
    'upstream_timeout',
    `The backend "${name}" gave no answer in time, not even an error.`,
  )
}
