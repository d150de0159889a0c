import {
  createTail,
  type GatewayError,
  type SseEvent,
  type StreamTail,
  type Tap,
  type TapEnding,
  type TapOptions,
  type TapReport,
} from '@jackfield/core'
import { decodeText, parseJson } from '../json-text.ts'
import { ElementLocator, withoutSeparators } from './element-locator.ts'
import { FrameGate } from './frame-gate.ts'
import { hasMark } from './marks.ts'
import { brokenEvent, StreamLedger } from './stream-ledger.ts'
import type { TapRules } from './tap-rules.ts'

/** Elements at the end of a stream that are read. */
const lastElements = 4

/** Kept of the end of a last element that passed in pieces. */
const tailBytes = 16 * 1024

const nothing = new Uint8Array(0)
const opening = Buffer.from('[')
const closing = Buffer.from(']')

/** An element of the array with its place in the bytes that it came in. */
interface Element {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/**
 * Watches a forwarded stream that is one JSON array, element by element: the client never gets half of one, unless it is larger than
 * 64 KiB, and the array is closed where it breaks. A provider that answers with one object instead is given brackets.
 */
export class ArrayTap implements Tap {
  readonly #rules: TapRules
  readonly #locator = new ElementLocator()
  readonly #gate = new FrameGate(this.#locator)
  readonly #ledger: StreamLedger
  #last: Uint8Array[] = []
  /** Of the last element, where that passed in pieces. */
  #tail: StreamTail | undefined
  #hasElement = false
  /** An object that came instead of an array has its bracket. */
  #isOpened = false
  /** The client has the whole array. */
  #isShut = false

  constructor(rules: TapRules, { onState }: TapOptions) {
    this.#rules = rules
    this.#ledger = new StreamLedger(rules, onState)
  }

  get meaningful(): boolean {
    return this.#ledger.meaningful
  }

  get ending(): TapEnding | undefined {
    return this.#ledger.ending
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#ledger.ending !== undefined) return nothing
    const startsInside = this.#gate.midFrame
    const bytes = this.#gate.push(chunk)
    if (bytes.length === 0) return bytes
    const passed = this.#gate.midFrame ? this.#passPiece(bytes) : this.#pass(bytes, startsInside)
    return this.#locator.isObject && passed.length > 0 ? this.#bracketed(passed) : passed
  }

  /** Of an element that was cut nothing passes. An answer that is complete but for its bracket gets one. */
  end(): Uint8Array {
    if (this.#ledger.ending !== undefined) return nothing
    const isCut = this.#gate.midFrame
    const rest = this.#gate.end()
    if (this.#isShut) return rest
    if (isCut || !this.#hasElement || !this.report().complete) return nothing
    this.#isShut = true
    return closing
  }

  interrupt(error: GatewayError): Uint8Array {
    const isArray = this.#locator.isArray || !this.#hasElement
    if (this.#isShut || this.#gate.midFrame || !isArray) return nothing
    const start = Buffer.from(this.#hasElement ? ',' : '[')
    return Buffer.concat([start, this.#rules.interruption(error, 'json-array'), closing])
  }

  report(): TapReport {
    const report = this.#ledger.report(() => this.#last.map(eventOf))
    if (report.complete || report.error !== undefined || this.#tail === undefined) return report
    return { ...report, ...this.#rules.lastBytes?.(this.#tail.bytes()) }
  }

  #bracketed(bytes: Uint8Array): Uint8Array {
    const start = this.#isOpened ? nothing : opening
    this.#isOpened = true
    return Buffer.concat([start, bytes, this.#isShut ? closing : nothing])
  }

  /** An element of this size shows something. */
  #passPiece(bytes: Uint8Array): Uint8Array {
    const ledger = this.#ledger
    if (this.#locator.inElement) {
      ledger.meaningful = true
      this.#hasElement = true
    }
    ledger.passes(bytes)
    this.#tail ??= createTail(tailBytes)
    this.#tail.push(bytes)
    return ledger.passesPiece(bytes) ? bytes : nothing
  }

  #pass(bytes: Uint8Array, startsInside: boolean): Uint8Array {
    const ledger = this.#ledger
    ledger.passesFrame()
    const pieces = piecesOf(bytes, this.#gate.ends)
    const elements = (startsInside ? pieces.slice(1) : pieces).filter(isElement)
    if (startsInside && pieces[0] !== undefined) this.#tail?.push(bytes.subarray(0, pieces[0].end))
    if (elements.length > 0) this.#tail = undefined
    if (ledger.meaningful) ledger.passes(bytes)
    else
      ledger.read(
        elements.map(({ bytes: element }) => eventOf(element)),
        bytes,
      )
    const broken = ledger.meaningful ? this.#findError(elements) : undefined
    if (broken !== undefined) return this.#breakOff(bytes, broken)
    this.#keep(elements)
    this.#isShut = this.#locator.closed
    if (this.#isShut && ledger.meaningful && this.report().complete) ledger.endAs('end')
    return bytes
  }

  #findError(elements: readonly Element[]) {
    for (const element of elements) {
      if (!hasMark(element.bytes, this.#ledger.marks)) continue
      const event = eventOf(element.bytes)
      const ending = this.#rules.ending(event) ?? brokenBy(event)
      const isBroken = ending !== undefined && ending !== 'end'
      if (isBroken && this.#ledger.completed) return { element, ending: 'end' as const }
      this.#ledger.note(event)
      this.#ledger.completed ||= this.#rules.completes?.(event) === true
      if (isBroken) return { element, ending }
    }
    return undefined
  }

  #breakOff(
    bytes: Uint8Array,
    { element, ending }: { readonly element: Element; readonly ending: TapEnding },
  ): Uint8Array {
    this.#ledger.endAs(ending)
    this.#hasElement ||= element.start > 0
    if (ending !== 'end' && !ending.told) return bytes.subarray(0, element.start)
    this.#isShut = true
    return Buffer.concat([
      bytes.subarray(0, ending === 'end' ? element.start : element.end),
      this.#locator.isArray ? closing : nothing,
    ])
  }

  #keep(elements: readonly Element[]): void {
    this.#hasElement ||= elements.length > 0
    for (const { bytes } of elements) this.#last.push(bytes)
    if (this.#last.length > lastElements) this.#last = this.#last.slice(-lastElements)
  }
}

/** The pieces between the ends. `start` is behind the element before, so the comma goes with its element. */
function piecesOf(bytes: Uint8Array, ends: readonly number[]): readonly Element[] {
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0
    return { bytes: withoutSeparators(bytes.subarray(start, end)), start, end }
  })
}

/** The last piece of an array is its bracket. */
function isElement({ bytes }: Element): boolean {
  return bytes.length > 0
}

function eventOf(element: Uint8Array): SseEvent {
  return { data: decodeText(element) }
}

function brokenBy({ data }: SseEvent): TapEnding | undefined {
  return parseJson(data) === undefined ? { error: brokenEvent(), told: false } : undefined
}
