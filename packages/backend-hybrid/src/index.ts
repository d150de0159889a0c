import {
  type Backend,
  type BackendContext,
  type BackendPlugin,
  type ChatRequest,
  fixedTargets,
  type StreamPart,
  type VirtualContext,
} from '@jackfield/core'
import { answer } from './answer.ts'
import { ModelCall, RefusedEfforts } from './call-model.ts'
import { type HybridOptions, type HybridSettings, optionsSchema, settingsOf } from './options.ts'
import { executionRequest, readRequest, reasoningRequest } from './phase-requests.ts'
import { type Reasoned, reason } from './reason.ts'
import { readPair, refuseIncompatible } from './selector-pair.ts'
import { isOpening, SkippedTurns, turnOf } from './turns.ts'

export type { HybridOptions } from './options.ts'

/**
 * Lets one model think and another one answer with what it thought: `hybrid:[backend:model,backend:model]`. Each side may be any
 * selector. Reasoning that fails never fails the call.
 */
const hybrid: BackendPlugin<HybridOptions> = {
  apiVersion: 1,
  type: 'hybrid',
  options: optionsSchema,
  create: (options, context) => createHybrid(settingsOf(options), context),
}

export default hybrid

function createHybrid(settings: HybridSettings, host: BackendContext): Backend {
  const { name } = host
  const skipped = new SkippedTurns(host.state, host.log)
  const refused = new RefusedEfforts()
  return {
    operations: new Set(['chat', 'completions']),
    targets: fixedTargets([{ id: `hybrid-${name}`, name: 'pair', weight: 1, stateScope: name }], {
      strategy: 'round-robin',
      affinity: 'none',
    }),
    timeouts: { totalMs: totalMs(settings, host) },
    handling: () => ({ way: 'virtual' }),
    chat: (request, context) => converse(request, context, { settings, host, skipped, refused }),
    probe: async () => undefined,
  }
}

/** The host waits for the reasoning besides. */
function totalMs({ reasoningTimeoutMs }: HybridSettings, { network }: BackendContext): number {
  const ms = network.timeouts.totalMs
  return ms === 0 || reasoningTimeoutMs === 0 ? 0 : ms + reasoningTimeoutMs
}

/** What lives as long as the backend. */
interface Parts {
  readonly settings: HybridSettings
  readonly host: BackendContext
  readonly skipped: SkippedTurns
  readonly refused: RefusedEfforts
}

const nothing: Reasoned = { thought: '', acted: false }

async function* converse(
  sent: ChatRequest,
  context: VirtualContext,
  parts: Parts,
): AsyncGenerator<readonly StreamPart[], void> {
  const { settings, host, refused } = parts
  const pair = readPair(context.model, host.name)
  refuseIncompatible(pair.reasoning, settings.incompatible)
  const { request, probability = settings.probability } = readRequest(sent)
  const shows = request.reasoning?.show !== false
  const thinks = await isThinkingTurn(request, { context, parts, probability })
  const reasoned = thinks
    ? yield* timedReason(context, parts, { request, selector: pair.reasoning, shows })
    : nothing
  if (reasoned.acted) return
  const { thought } = reasoned
  const repeats = settings.repeatsMessages
  const call = new ModelCall(
    context,
    {
      selector: pair.execution,
      request:
        thought === ''
          ? { ...request, model: pair.execution }
          : executionRequest(request, pair.execution, { thought, repeats }),
      effort: settings.executionEffort,
      reserve: 0,
    },
    refused,
  )
  const isBegun = shows && thought !== ''
  yield* answer({ call, context, timeoutMs: settings.executionTimeoutMs, reasoned, isBegun })
}

/** Whether the reasoning model is asked in this turn: always at the beginning, seldom where it is slow, else by chance. */
async function isThinkingTurn(
  request: ChatRequest,
  {
    context,
    parts,
    probability,
  }: {
    readonly context: VirtualContext
    readonly parts: Parts
    readonly probability: number
  },
): Promise<boolean> {
  const { settings, host, skipped } = parts
  if (turnOf(request) <= settings.forcedTurns || isOpening(request)) return true
  if (await skipped.take(context.call.session)) return false
  return host.random() < probability
}

/** Lets the reasoning model think, and remembers where that takes too long. */
async function* timedReason(
  context: VirtualContext,
  { settings, skipped, refused }: Parts,
  asked: {
    readonly request: ChatRequest
    readonly selector: string
    readonly shows: boolean
  },
): AsyncGenerator<readonly StreamPart[], Reasoned> {
  const { clock, call: view } = context
  const { selector, shows } = asked
  const call = new ModelCall(
    context,
    {
      selector,
      request: reasoningRequest(asked.request, selector),
      effort: settings.reasoningEffort,
      reserve: 1,
    },
    refused,
  )
  const startedAt = clock.monotonic()
  const reasoned = yield* reason({
    call,
    context,
    timeoutMs: settings.reasoningTimeoutMs,
    shows,
  })
  const isSlow = settings.slowMs > 0 && clock.monotonic() - startedAt > settings.slowMs
  if (!isSlow) await skipped.clear(view.session)
  else if (settings.backoffTurns > 0) await skipped.add(view.session, settings.backoffTurns)
  return reasoned
}
