import type { VirtualContext, WireRequest } from '../backend.ts'
import { withSettings } from '../chat/settings.ts'
import type { Dialect, EncodeContext, RequestChanges } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import type { CallState } from '../pipeline/call-state.ts'
import { isGeneration } from '../pipeline/generation.ts'
import type { PartTransform } from '../pipeline/stage.ts'
import { labelStates } from '../state/label-states.ts'
import { mapAll } from '../state/map-states.ts'
import type { Parts } from './answer-flow.ts'
import { Attempt, type Opened, type OpenedAnswer } from './attempt.ts'
import { CollectFlow } from './collect-flow.ts'
import { EncodeFlow } from './encode-flow.ts'
import { firstTokenLimit, guardMs } from './guard.ts'
import { iterableOrigin } from './iterable-origin.ts'
import { attemptContext, type Leg, originOf, wireModel } from './leg.ts'
import {
  openConverted,
  openDecoded,
  openForwarded,
  openRelayed,
  requireReadable,
  sendWire,
} from './open-answer.ts'
import { PartsFlow } from './parts-flow.ts'
import { refusingEmpty, refusingEmptyBytes } from './refuse-empty.ts'
import { createRestore } from './restore-changes.ts'
import { TransformFlow } from './transform-flow.ts'
import {
  convertedRequest,
  forwardedBytes,
  forwardedRequest,
  hidesUsage,
  relayedRequest,
  requireOneCandidate,
  translatedRequest,
} from './wire-request.ts'
import { isKnownError, type Sent } from './wire-result.ts'

/** Starts an attempt whose answer is bytes for the client of `call`. */
export function startClientAttempt(leg: Leg, call: CallState): Attempt<Uint8Array> {
  const { way } = leg.handling
  const dropped: string[] = []
  if (way === 'relay') {
    return start(leg, { way, dropped, open: (signal) => openRelay(leg, call, signal) })
  }
  if (way === 'translate' && !isGeneration(leg.head.operation)) {
    return start(leg, { way, dropped, open: (signal) => openUnary(leg, call, { signal, dropped }) })
  }
  if (way === 'forward' && leg.transforms.length === 0) {
    const open = (signal: AbortSignal) => openForward(leg, call, { signal, dropped })
    return start(leg, { way, dropped, open })
  }
  return start(leg, {
    way: way === 'virtual' ? way : 'translate',
    dropped,
    open: async (signal) => forClient(await openParts(leg, { signal, dropped }), leg, call),
  })
}

/** Starts an attempt whose answer is parts, for a virtual backend. */
export function startPartsAttempt(leg: Leg): Attempt<Parts> {
  const dropped: string[] = []
  return start(leg, {
    way: leg.handling.way === 'virtual' ? 'virtual' : 'translate',
    dropped,
    open: async (signal) => {
      const opened = remembered(await openParts(leg, { signal, dropped }), leg)
      return 'failure' in opened ? opened : refusingEmpty(opened, leg.emptiness)
    },
  })
}

function start<Item>(
  leg: Leg,
  options: {
    readonly way: Route['way']
    readonly dropped: readonly string[]
    readonly open: (signal: AbortSignal) => Promise<Opened<Item>>
  },
): Attempt<Item> {
  const { call, instance, lease, handling, environment } = leg
  return new Attempt({
    route: {
      backend: instance.name,
      target: lease.target.name,
      model: wireModel(leg),
      way: options.way,
      ...('surface' in handling ? { surface: handling.surface } : {}),
    },
    attribution: { backend: instance.name, callId: call.id },
    open: options.open,
    clock: environment.clock,
    maxHeldBytes: environment.limits.maxHeldBytes,
    guardMs: guardMs(leg),
    firstToken: firstTokenLimit(leg),
    dropped: options.dropped,
    onFirstPart: () => lease.firstPart(),
  })
}

async function openForward(
  leg: Leg,
  call: CallState,
  { signal, dropped }: { readonly signal: AbortSignal; readonly dropped: string[] },
): Promise<Opened<Uint8Array>> {
  const { handling, head, environment } = leg
  if (handling.way !== 'forward') throw wrongWay(handling.way)
  const edited = forwardedBytes(leg, call, dropped)
  const owned = leg.states.ownBytes(edited, handling.dialect, originOf(leg))
  const body = owned instanceof Promise ? await owned : owned
  if (body !== edited) dropped.push('reasoning')
  const sent = readable(leg, await send(leg, forwardedRequest(leg, call, body), signal))
  if ('failure' in sent) return sent
  const { response } = sent
  const { dialect } = handling
  const maxBytes = environment.network.maxResponseBytes
  if (response.framing === head.framing) {
    const onState = leg.states.observer(originOf(leg))
    const hideUsage = hidesUsage(leg)
    const options = { dialect, hideUsage, maxBytes, ...(onState && { onState }) }
    return refusingEmptyBytes(openForwarded(response, options), leg.emptiness, dialect.chat)
  }
  // The provider streams although the client does not, or the other way round.
  return forClient(labelled(openDecoded(response, { dialect, maxBytes }), leg), leg, call)
}

async function openRelay(
  leg: Leg,
  call: CallState,
  signal: AbortSignal,
): Promise<Opened<Uint8Array>> {
  const sent = await send(leg, relayedRequest(leg, call), signal)
  return 'failure' in sent ? sent : openRelayed(sent.response)
}

async function openParts(
  leg: Leg,
  { signal, dropped }: { readonly signal: AbortSignal; readonly dropped: string[] },
): Promise<Opened<Parts>> {
  const { handling, environment } = leg
  if (handling.way === 'virtual') return openVirtual(leg, signal)
  if (handling.way === 'relay') throw wrongWay(handling.way)
  const { dialect }: { readonly dialect: Dialect } = handling
  const { request, changes } = await translatedRequest(leg, dropped)
  const sent = readable(leg, await send(leg, request, signal))
  if ('failure' in sent) return sent
  const maxBytes = environment.network.maxResponseBytes
  return labelled(openDecoded(sent.response, { dialect, maxBytes }), leg, changes)
}

/** The answer as it would be to the client's own request, with the origin written on its opaque state. */
function labelled(
  opened: OpenedAnswer<Parts>,
  leg: Leg,
  changes?: RequestChanges,
): OpenedAnswer<Parts> {
  const origin = originOf(leg)
  const label: PartTransform = (parts) => {
    leg.emptiness?.see(parts)
    return mapAll(parts, (part) => labelStates(part, origin))
  }
  const transforms = changes === undefined ? [label] : [label, createRestore(changes)]
  return { ...opened, flow: new TransformFlow(opened.flow, transforms) }
}

/** What the tool calls of a provider need later is kept here: a virtual backend may show less than its provider said. */
function remembered(opened: Opened<Parts>, leg: Leg): Opened<Parts> {
  if ('failure' in opened || leg.handling.way === 'virtual') return opened
  const watch = leg.states.recorder(originOf(leg))
  const remember: PartTransform = (parts) => {
    watch(parts)
    return parts
  }
  return { ...opened, flow: new TransformFlow(opened.flow, [remember]) }
}

/** An operation that is never streamed, of another dialect. */
async function openUnary(
  leg: Leg,
  call: CallState,
  { signal, dropped }: { readonly signal: AbortSignal; readonly dropped: string[] },
): Promise<Opened<Uint8Array>> {
  const { handling, environment } = leg
  if (handling.way !== 'translate') throw wrongWay(handling.way)
  const { request, answer } = await convertedRequest(leg, call, dropped)
  const sent = readable(leg, await send(leg, request, signal))
  if ('failure' in sent) return sent
  const context = encodeContext(environment, call)
  return openConverted(sent.response, {
    dialect: handling.dialect,
    maxBytes: environment.network.maxResponseBytes,
    convert: (body) => answer(body, context),
  })
}

function send(leg: Leg, request: WireRequest, signal: AbortSignal): Promise<Sent> {
  return sendWire(leg.instance, request, attemptContext(leg, signal))
}

/** What became of a request whose answer the gateway must understand. */
function readable(leg: Leg, sent: Sent): Sent {
  if ('failure' in sent) return sent
  const error = requireReadable(sent.response, leg.head.operation)
  return error === undefined ? sent : { failure: { error } }
}

function openVirtual(leg: Leg, signal: AbortSignal): OpenedAnswer<Parts> {
  const { instance, settings, call } = leg
  const { backend } = instance
  const context: VirtualContext = {
    ...attemptContext(leg, signal),
    model: wireModel(leg),
    dispatch: (selector, request, options) =>
      leg.dispatch(selector, request, { ...options, signal }),
  }
  const request = withSettings(leg.request(), settings)
  requireOneCandidate(request.candidates)
  const asError = (thrown: unknown) =>
    isKnownError(thrown) ? thrown : instance.broke(thrown, call.id)
  try {
    if (backend.chat === undefined) throw new TypeError('The backend has no chat().')
    const origin = iterableOrigin(backend.chat(request, context), asError)
    return { flow: new PartsFlow(origin), status: 200, headers: {}, framing: 'sse' }
  } catch (thrown) {
    throw asError(thrown)
  }
}

/** Parts as the bytes that the client expects. */
function forClient(opened: Opened<Parts>, leg: Leg, call: CallState): Opened<Uint8Array> {
  if ('failure' in opened) return opened
  const codec = call.input.dialect.chat
  const context = keepingContext(leg, call)
  const parts =
    leg.transforms.length === 0 ? opened.flow : new TransformFlow(opened.flow, leg.transforms)
  const watch = leg.states.recorder(originOf(leg))
  const flow = call.head.stream
    ? new EncodeFlow(parts, { encoder: codec.streamEncoder(context), watch })
    : new CollectFlow(parts, {
        encode: (response) => codec.encodeResponse(response, context),
        maxSize: leg.environment.network.maxResponseBytes,
        watch,
      })
  return refusingEmpty({ ...opened, flow, headers: {}, framing: call.head.framing }, leg.emptiness)
}

/** What encoders need to know of a call. */
export function encodeContext(
  { clock }: Pick<Leg['environment'], 'clock'>,
  call: CallState,
): EncodeContext {
  const { id, head } = call
  return {
    model: head.model ?? '',
    id,
    created: Math.floor(clock.now() / 1_000),
    framing: head.framing,
    includeUsage: head.includeUsage,
    field: (name) => call.sentField(name),
  }
}

/** The same, with a place for the answer where the client wants it kept. */
function keepingContext({ environment }: Leg, call: CallState): EncodeContext {
  const context = encodeContext(environment, call)
  const { dialect } = call.input
  const { storage } = dialect
  const body = call.bytes
  if (storage === undefined || body === undefined) return context
  if (!storage.isWanted(body, call.head)) return context
  return {
    ...context,
    keep(document) {
      const { id } = document
      if (typeof id !== 'string') return
      environment.answers.keep(call.principal.id, id, {
        record: storage.record(body, call.head, document),
        identity: call.identity,
      })
    },
  }
}

function wrongWay(way: string): GatewayError {
  return new GatewayError('internal', `An attempt was prepared for the wrong way (${way}).`)
}
