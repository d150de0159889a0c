import type { Call } from '../call.ts'
import type { AssistantPart } from '../chat/content.ts'
import type { StreamPart } from '../chat/stream-part.ts'
import type { Outcome } from '../outcome.ts'

/** An answer that a stage gives itself instead of sending the call anywhere. */
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
