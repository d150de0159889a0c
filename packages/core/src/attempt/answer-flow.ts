import type { Finish } from '../chat/finish-reason.ts'
import type { StreamPart } from '../chat/stream-part.ts'
import type { AttributedUsage } from '../chat/usage.ts'
import type { GatewayError } from '../errors/gateway-error.ts'

/** Items of one answer in transit: bytes for a client, or parts for whoever reads them. One item per upstream read. */
export type Parts = readonly StreamPart[]

/** Sees the parts that a client gets, batch by batch. */
export type PartsWatch = (parts: Parts) => void

/** Receives the items of an answer: any number of `item`, then exactly one of `end` and `fail`. */
export interface FlowReceiver<Item> {
  item(item: Item): void
  end(): void
  /** `told`: the items that came already say that the answer broke. */
  fail(error: GatewayError, told: boolean): void
}

/** What is known of an answer, at any time. */
export interface FlowReport {
  /** Whether the answer reached its legal end, so that nothing of it is missing. */
  readonly complete: boolean
  readonly usage: AttributedUsage
  readonly finish?: Finish
  readonly responseId?: string
}

/**
 * An answer that is pushed to one receiver with back-pressure. All ways of handling a call produce one of these.
 * `end` means that the answer reached its legal end; everything else is `fail`.
 */
export interface AnswerFlow<Item> {
  start(receiver: FlowReceiver<Item>): void
  pause(): void
  resume(): void
  cancel(reason: GatewayError): void
  /** Whether a meaningful part is among the items that were delivered. */
  readonly meaningful: boolean
  /** What tells the receiver honestly that the answer broke; `undefined` where the framing cannot say it. */
  interruption(error: GatewayError): Item | undefined
  report(): FlowReport
}
