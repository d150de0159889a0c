import { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver } from './answer-flow.ts'

/** What a part counts for while it is held; only small ones come before the first meaningful one. */
const bytesPerPart = 256

/** How a flow ended. */
type Ending =
  | { readonly isGood: true }
  | { readonly isGood: false; readonly error: GatewayError; readonly told: boolean }

/** Bytes that an item counts for while it is held. */
function sizeOf(item: unknown): number {
  if (item instanceof Uint8Array) return item.length
  return Array.isArray(item) ? item.length * bytesPerPart : bytesPerPart
}

/**
 * Holds an answer back until its first meaningful part: until then a failure concerns nobody but the host. Says once
 * whether the answer may be committed to; then `deliver` lets it through.
 */
export class Gate<Item> implements FlowReceiver<Item> {
  readonly #flow: AnswerFlow<Item>
  readonly #maxHeld: number
  readonly #onReady: (failure: GatewayError | undefined) => void
  #held: Item[] = []
  #heldSize = 0
  #receiver: FlowReceiver<Item> | undefined
  /**
   * How the flow ended, while nobody receives it yet. Data and not a function: V8 puts a function that is assigned to a
   * property straight into old memory, and the whole call with it, until the next full garbage collection.
   */
  #ending: Ending | undefined
  #open = false
  #over = false

  constructor(
    flow: AnswerFlow<Item>,
    options: {
      readonly maxHeld: number
      /** Called once, possibly before `start` returns: with the failure, or with nothing when there is an answer. */
      readonly onReady: (failure: GatewayError | undefined) => void
    },
  ) {
    this.#flow = flow
    this.#maxHeld = options.maxHeld
    this.#onReady = options.onReady
  }

  start(): void {
    this.#flow.start(this)
  }

  item(item: Item): void {
    if (this.#receiver !== undefined) {
      this.#receiver.item(item)
      return
    }
    if (this.#over) return
    this.#held.push(item)
    if (this.#open) return
    this.#heldSize += sizeOf(item)
    if (this.#flow.meaningful) this.#unlock()
    else if (this.#heldSize > this.#maxHeld) this.#refuse()
  }

  end(): void {
    if (this.#receiver !== undefined) {
      this.#receiver.end()
      return
    }
    this.#ending = { isGood: true }
    if (!this.#open) this.#unlock()
  }

  fail(error: GatewayError, told: boolean): void {
    if (this.#receiver !== undefined) this.#receiver.fail(error, told)
    else if (this.#open) this.#ending = { isGood: false, error, told }
    else this.#conclude(error)
  }

  /** Lets the answer through: what was held, then what comes. Call once, after it was said to be ready. */
  deliver(receiver: FlowReceiver<Item>): void {
    const held = this.#held
    this.#held = []
    this.#receiver = receiver
    // Not `receiver`: the attempt may be abandoned from inside.
    for (const item of held) this.#receiver.item(item)
    const ending = this.#ending
    if (ending === undefined) return
    if (ending.isGood) this.#receiver.end()
    else this.#receiver.fail(ending.error, ending.told)
  }

  /** The answer is not wanted any more: nothing of it is told after this. */
  abandon(reason: GatewayError): void {
    this.#over = true
    this.#held = []
    this.#ending = undefined
    this.#receiver = silent
    this.#flow.cancel(reason)
  }

  #unlock(): void {
    this.#open = true
    if (this.#ending === undefined) this.#flow.pause()
    this.#conclude(undefined)
  }

  #refuse(): void {
    const error = new GatewayError(
      'upstream_invalid_response',
      `The provider sent more than ${this.#maxHeld} bytes without anything meaningful.`,
    )
    this.#flow.cancel(error)
    this.#conclude(error)
  }

  #conclude(failure: GatewayError | undefined): void {
    if (this.#over) return
    if (failure !== undefined) {
      this.#over = true
      this.#held = []
    }
    this.#onReady(failure)
  }
}

const silent: FlowReceiver<unknown> = { item: () => {}, end: () => {}, fail: () => {} }
