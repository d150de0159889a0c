import type { Call } from '../call.ts'
import type { AssistantPart } from '../chat/content.ts'
import type { StreamPart } from '../chat/stream-part.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Outcome } from '../outcome.ts'
import type { RoutingInspector } from '../routing/routing-inspector.ts'
import type { StateStore } from '../state-store.ts'

/** An answer that a stage gives itself instead of sending the call anywhere. No model was asked: its usage is zero. */
export interface StageReply {
  readonly content: readonly AssistantPart[]
}

/** Changes parts on their way to the client, batch by batch. One per answer. */
export type PartTransform = (parts: readonly StreamPart[]) => readonly StreamPart[]

/**
 * A step that every call passes, in the order of registration. What a stage touches is what it implements:
 * `request` sees the call before it is routed; `response` may ask to see the answer's parts, which takes the call off
 * the forward way; `settled` hears the end. Stages throw `GatewayError` to refuse a call.
 */
export interface Stage {
  readonly name: string
  request?(call: Call): StageReply | undefined | Promise<StageReply | undefined>
  response?(call: Call): PartTransform | undefined
  settled?(call: Call, outcome: Outcome | undefined): void
}

/** What a stage may use for its life. */
export interface StageContext {
  /** Shared state; its keys are private to all stages of the same `name`. */
  store(name: string): StateStore
  readonly clock: Clock
  readonly log: Logger
  /** In [0, 1). */
  readonly random: () => number
  readonly routing: RoutingInspector
}

/** Makes a stage for one gateway. Sends no traffic. */
export type StageFactory = (context: StageContext) => Stage
