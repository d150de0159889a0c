import {
  createTail,
  type GatewayError,
  type StreamTail,
  type Tap,
  type TapEnding,
  type TapOptions,
  type TapReport,
  tailEvents,
} from '@jackfield/core'
import { eventsIn, findStreamEnd, isHalfEvent } from './find-stream-end.ts'
import { FrameGate } from './frame-gate.ts'
import { StreamLedger } from './stream-ledger.ts'
import type { TapRules } from './tap-rules.ts'

/** What is kept of the end of a stream: room for finish, usage and terminals, small enough for thousands of streams. */
const tailBytes = 4096

/** The same where a protocol's last event is the whole answer once more. */
const largeTailBytes = 16 * 1024

/** Events of the tail that are read. */
const lastEvents = 8

const nothing = new Uint8Array(0)

/**
 * Watches a forwarded event stream. Until the first meaningful event every event is read; behind it the bytes go by unread unless
 * they look like an end or an error, and the last of them are read when somebody asks.
 */
export class EventTap implements Tap {
  readonly #rules: TapRules
  readonly #hidesUsage: boolean
  readonly #gate = new FrameGate()
  readonly #tail: StreamTail
  readonly #ledger: StreamLedger
  #unterminated = false

  constructor(rules: TapRules, { hideUsage = false, onState }: TapOptions) {
    this.#rules = rules
    this.#hidesUsage = hideUsage && rules.hideUsage !== undefined
    this.#tail = createTail(rules.lastBytes === undefined ? tailBytes : largeTailBytes)
    this.#ledger = new StreamLedger(rules, onState)
  }

  get meaningful(): boolean {
    return this.#ledger.meaningful
  }

  get ending(): TapEnding | undefined {
    return this.#ledger.ending
  }

  push(chunk: Uint8Array): Uint8Array {
    const ledger = this.#ledger
    if (ledger.ending !== undefined) return nothing
    return this.#pass(this.#gate.push(chunk, !ledger.meaningful))
  }

  /** Of an event that was cut nothing passes: it would take the error behind it along. */
  end(): Uint8Array {
    if (this.#ledger.ending !== undefined) return nothing
    const rest = this.#gate.end()
    if (isHalfEvent(rest)) return nothing
    this.#unterminated = rest.length > 0
    return this.#pass(rest)
  }

  interrupt(error: GatewayError): Uint8Array {
    const event = this.#rules.interruption(error, 'sse')
    const isInside = this.#gate.midFrame || this.#unterminated
    return isInside ? Buffer.concat([Buffer.from('\n\n'), event]) : event
  }

  report(): TapReport {
    const report = this.#ledger.report(() => tailEvents(this.#tail).slice(-lastEvents))
    if (report.complete || !this.meaningful || report.error !== undefined) return report
    return { ...report, ...this.#rules.lastBytes?.(this.#tail.bytes()) }
  }

  #pass(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    const ledger = this.#ledger
    if (ledger.meaningful) ledger.passes(bytes)
    else ledger.read(eventsIn(bytes), bytes)
    // An event that is too large to be read whole shows something.
    ledger.meaningful ||= this.#gate.midFrame
    const kept = ledger.meaningful ? this.#upToEnd(bytes) : bytes
    this.#tail.push(kept)
    return this.#hidesUsage ? this.#withoutUsage(kept) : kept
  }

  #withoutUsage(bytes: Uint8Array): Uint8Array {
    return this.#rules.hideUsage?.(bytes) ?? bytes
  }

  #upToEnd(bytes: Uint8Array): Uint8Array {
    const ledger = this.#ledger
    if (this.#gate.midFrame) return ledger.passesPiece(bytes) ? bytes : nothing
    ledger.passesFrame()
    const found = findStreamEnd(bytes, this.#rules, ledger)
    if (found === undefined) return bytes
    ledger.endAs(found.ending)
    return bytes.subarray(0, found.at)
  }
}
