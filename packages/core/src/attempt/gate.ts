import { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver } from './answer-flow.ts'

/** What a part counts for while it is held; only small ones come before the first meaningful one. */
const bytesPerPart = 256

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
  /** How the flow ended, while nobody receives it yet. */
  #ending: (() => void) | undefined
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
    this.#ending = () => this.#receiver?.end()
    if (!this.#open) this.#unlock()
  }

  fail(error: GatewayError, told: boolean): void {
    if (this.#receiver !== undefined) this.#receiver.fail(error, told)
    else if (this.#open) this.#ending = () => this.#receiver?.fail(error, told)
    else this.#conclude(error)
  }

  /** Lets the answer through: what was held, then what comes. Call once, after it was said to be ready. */
  deliver(receiver: FlowReceiver<Item>): void {
    const held = this.#held
    this.#held = []
    this.#receiver = receiver
    // Not `receiver`: the attempt may be abandoned from inside.
    for (const item of held) this.#receiver.item(item)
    this.#ending?.()
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
