import { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver } from './answer-flow.ts'

/** What a part without meaning may take in memory at most, in bytes. */
const partSize = 256

/** Bytes that an item counts for while it is held. */
function sizeOf(item: unknown): number {
  if (item instanceof Uint8Array) return item.length
  return partSize * (Array.isArray(item) ? item.length : 1)
}

/**
 * Holds an answer back until its first meaningful part: until then a failure concerns nobody but the host. `ready`
 * resolves to the failure, or to `undefined` when the answer may be committed to. Then `deliver` lets it through.
 */
export class Gate<Item> implements FlowReceiver<Item> {
  readonly #flow: AnswerFlow<Item>
  readonly #maxHeld: number
  readonly #settle: (failure: GatewayError | undefined) => void
  #held: Item[] = []
  #heldSize = 0
  #receiver: FlowReceiver<Item> | undefined
  /** How the flow ended, while nobody receives it yet. */
  #ending: (() => void) | undefined
  #open = false

  readonly ready: Promise<GatewayError | undefined>

  constructor(flow: AnswerFlow<Item>, maxHeld: number) {
    this.#flow = flow
    this.#maxHeld = maxHeld
    const { promise, resolve } = Promise.withResolvers<GatewayError | undefined>()
    this.ready = promise
    this.#settle = resolve
    flow.start(this)
  }

  item(item: Item): void {
    if (this.#receiver !== undefined) {
      this.#receiver.item(item)
      return
    }
    this.#held.push(item)
    this.#heldSize += sizeOf(item)
    if (this.#open) return
    if (this.#flow.meaningful) this.#unlock()
    else if (this.#heldSize > this.#maxHeld) this.#refuse()
  }

  end(): void {
    if (this.#receiver !== undefined) {
      this.#receiver.end()
      return
    }
    this.#ending = () => this.#receiver?.end()
    this.#unlock()
  }

  fail(error: GatewayError, told: boolean): void {
    if (this.#receiver !== undefined) {
      this.#receiver.fail(error, told)
      return
    }
    if (!this.#open) {
      this.#settle(error)
      return
    }
    this.#ending = () => this.#receiver?.fail(error, told)
  }

  /** Lets the answer through: what was held, then what comes. Call once, after `ready` resolved well. */
  deliver(receiver: FlowReceiver<Item>): void {
    // A receiver may resume the flow while it takes what was held: what comes then stands in line.
    for (let item = this.#held.shift(); item !== undefined; item = this.#held.shift()) {
      receiver.item(item)
    }
    this.#receiver = receiver
    this.#ending?.()
  }

  /** The answer is not wanted any more: `ready` resolves to the reason if it has not yet. */
  abandon(reason: GatewayError): void {
    this.#held = []
    this.#ending = undefined
    this.#flow.cancel(reason)
    this.#settle(reason)
  }

  #unlock(): void {
    this.#open = true
    if (this.#ending === undefined) this.#flow.pause()
    this.#settle(undefined)
  }

  #refuse(): void {
    this.abandon(
      new GatewayError(
        'upstream_invalid_response',
        `The provider sent more than ${this.#maxHeld} bytes without anything meaningful.`,
      ),
    )
  }
}
