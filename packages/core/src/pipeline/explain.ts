import type { CallInput } from '../call.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors/gateway-error.ts'
import type { ExplainedBranch, ExplainedPlace, Explanation, SkippedPlace } from '../explanation.ts'
import { backendHealth } from '../health.ts'
import { createCallId } from './call-id.ts'
import type { CallState } from './call-state.ts'
import { enterCall } from './enter-call.ts'
import { needsEstimate } from './estimate-count.ts'
import type { HandlerEnvironment } from './handler-environment.ts'
import { resolveNamed } from './named-answer.ts'
import { type PreparedPlan, preparePlan, type SkippedLeaf } from './prepare-plan.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'
import type { PromptSize } from './prompt-size.ts'
import { clientRequest, promptOf, raceable } from './routing-request.ts'
import { settingsFor } from './settings.ts'
import type { Snapshot } from './snapshot.ts'
import type { StageReply } from './stage.ts'

/** What the explanation of a call needs of the gateway. */
export interface ExplainContext {
  readonly snapshot: Snapshot
  readonly environment: HandlerEnvironment
}

/**
 * Decides about a call as if it came in, and calls nobody. Rejects with `unauthenticated`, and with what is wrong with the request's
 * head; every later refusal is part of the explanation.
 */
export async function explainCall(
  input: CallInput,
  { snapshot, environment }: ExplainContext,
): Promise<Explanation> {
  const call = enterCall(input, { id: createCallId(), snapshot, isDryRun: true })
  const prompt = promptOf(call)
  const findings = await findOut(call, { snapshot, environment, prompt })
  return { ...describeCall(call), ...nothingFound, ...findings, ...sizeOf(call, prompt) }
}

const nothingFound = { decision: [], warnings: [], branches: [], skipped: [] } as const

type Findings = Partial<Explanation>

async function findOut(
  call: CallState,
  context: ExplainContext & { readonly prompt: PromptSize },
): Promise<Findings> {
  try {
    const { environment, snapshot, prompt } = context
    const stored = await resolveNamed(call, environment.answers)
    if (stored !== undefined) return { reply: 'An answer that is kept here.' }
    const reply = await askStages(call, environment)
    if (reply !== undefined) return { reply: textOf(reply) }
    const request = clientRequest(call, snapshot, environment.random)
    const { dialect } = call.input
    const { routing, instances } = snapshot
    const plan = await preparePlan(call, request, { routing, instances, dialect, prompt })
    return describePlan(call, plan, { snapshot, clock: environment.clock })
  } catch (thrown) {
    if (needsEstimate(call, thrown)) return { reply: 'An estimate: nobody counts tokens there.' }
    const { code, status, message } = toGatewayError(thrown)
    return { error: { code, status, message } }
  }
}

async function askStages(
  call: CallState,
  { stages }: HandlerEnvironment,
): Promise<StageReply | undefined> {
  for (const stage of stages) {
    const reply = await stage.request?.(call)
    if (reply !== undefined) return reply
  }
  return undefined
}

function textOf({ content }: StageReply): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

function describeCall(call: CallState) {
  const { operation, dialect, head, principal, session, affinityKey } = call
  const { model, stream } = head
  return {
    operation,
    dialect,
    ...(model === undefined ? {} : { model }),
    stream,
    principal: principal.name,
    session,
    affinityKey,
  }
}

/** The size of what can be read; a body that nobody looks into has none. */
function sizeOf(call: CallState, prompt: PromptSize): Pick<Explanation, 'promptTokens'> {
  const isReadable = call.operation === 'chat' || call.operation === 'completions'
  return isReadable ? { promptTokens: prompt.tokens } : {}
}

function describePlan(
  call: CallState,
  plan: PreparedPlan,
  context: { readonly snapshot: Snapshot; readonly clock: Clock },
): Findings {
  const branches = raceable(call, plan).map(
    ({ leaves, delayMs }): ExplainedBranch => ({
      delayMs,
      places: leaves.map((leaf) => describePlace(leaf, call, context)),
    }),
  )
  const { decision, warnings } = plan
  return { branches, skipped: plan.skipped.map(describeSkipped), decision, warnings }
}

function describePlace(
  { leaf, instance, handling, head }: PreparedLeaf,
  call: CallState,
  { snapshot, clock }: { readonly snapshot: Snapshot; readonly clock: Clock },
): ExplainedPlace {
  const { targets } = backendHealth(instance, clock.now())
  const mayServe = ({ name }: { readonly name: string }) =>
    leaf.target === undefined || leaf.target === name
  return {
    backend: leaf.backend,
    ...(leaf.target === undefined ? {} : { target: leaf.target }),
    model: ('model' in handling ? handling.model : undefined) ?? head.model ?? '',
    way: handling.way,
    ...('surface' in handling ? { surface: handling.surface } : {}),
    ...settingsFor(leaf, call.parameters, snapshot),
    targets: targets.filter(mayServe),
  }
}

function describeSkipped({ leaf, reason }: SkippedLeaf): SkippedPlace {
  return {
    backend: leaf.backend,
    ...(leaf.target === undefined ? {} : { target: leaf.target }),
    model: leaf.model,
    reason: reason.message,
  }
}
