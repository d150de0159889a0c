import { responseParts } from '../chat/response-parts.ts'
import type { ChatCodec } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'
import type { OpenedAnswer } from './attempt.ts'
import { type EmptinessCheck, emptyAnswer } from './empty-answer.ts'

/** Bytes of a stream behind which it is not taken for an empty one any more. */
const maxStreamBytes = 64 * 1024

/** An answer as its receiver gets it, which fails where there is nothing in it and the call wants another one. */
export function refusingEmpty<Item>(
  opened: OpenedAnswer<Item>,
  check: EmptinessCheck | undefined,
): OpenedAnswer<Item> {
  if (check === undefined) return opened
  return { ...opened, flow: new RefusingFlow(opened.flow, check) }
}

/** The same for bytes that are forwarded, which nobody reads otherwise. */
export function refusingEmptyBytes(
  opened: OpenedAnswer<Uint8Array>,
  check: EmptinessCheck | undefined,
  codec: ChatCodec,
): OpenedAnswer<Uint8Array> {
  if (check === undefined) return opened
  const read =
    opened.framing === 'json' ? readWhole(check, codec) : readStream(check, opened, codec)
  return { ...opened, flow: new RefusingFlow(opened.flow, check, read) }
}

function readWhole(check: EmptinessCheck, codec: ChatCodec): (body: Uint8Array) => void {
  return (body) => check.see([...responseParts(codec.decodeResponse(body))])
}

function readStream(
  check: EmptinessCheck,
  { framing }: OpenedAnswer<unknown>,
  codec: ChatCodec,
): (chunk: Uint8Array) => void {
  const decoder = codec.streamDecoder(framing)
  let size = 0
  return (chunk) => {
    size += chunk.length
    if (size > maxStreamBytes) check.shown = true
    else check.see(decoder.push(chunk))
  }
}

/** An answer that counts for nothing until there is something in it, or its end is accepted as it is. */
class RefusingFlow<Item> implements AnswerFlow<Item> {
  readonly #flow: AnswerFlow<Item>
  readonly #check: EmptinessCheck
  readonly #read: ((item: Item) => void) | undefined
  #receiver: FlowReceiver<Item> | undefined
  #accepted = false

  constructor(flow: AnswerFlow<Item>, check: EmptinessCheck, read?: (item: Item) => void) {
    this.#flow = flow
    this.#check = check
    this.#read = read
  }

  get meaningful(): boolean {
    return (this.#check.shown || this.#accepted) && this.#flow.meaningful
  }

  start(receiver: FlowReceiver<Item>): void {
    this.#receiver = receiver
    this.#flow.start({
      item: (item) => this.#item(item),
      end: () => this.#end(),
      fail: (error, told) => receiver.fail(error, told),
    })
  }

  pause(): void {
    this.#flow.pause()
  }

  resume(): void {
    this.#flow.resume()
  }

  cancel(reason: GatewayError): void {
    this.#flow.cancel(reason)
  }

  interruption(error: GatewayError): Item | undefined {
    return this.#flow.interruption(error)
  }

  report(): FlowReport {
    return this.#flow.report()
  }

  #item(item: Item): void {
    if (this.#read !== undefined && !this.#check.shown) this.#examine(item, this.#read)
    this.#receiver?.item(item)
  }

  /** What cannot be read is for others to judge. */
  #examine(item: Item, read: (item: Item) => void): void {
    try {
      read(item)
    } catch {
      this.#check.shown = true
    }
  }

  #end(): void {
    this.#accepted = !this.#check.refuse()
    if (this.#accepted) this.#receiver?.end()
    else this.#receiver?.fail(emptyAnswer(), false)
  }
}
