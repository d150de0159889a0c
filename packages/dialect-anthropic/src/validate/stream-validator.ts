import { isJsonObject, type JsonObject, type StreamValidator } from '@jackfield/core'
import { parseJson, type Report, StrictEventReader } from '@jackfield/dialect-kit'
import { checkEnd, checkError, checkFrame, checkUsage } from './check-message.ts'
import { OpenBlock } from './open-block.ts'

type State = 'before' | 'open' | 'ended' | 'stopped' | 'failed'

/**
 * Accepts exactly the streams that Anthropic sends: `message_start`; blocks one behind the other, numbered from 0, each with the deltas
 * of its type; `message_delta` with the reason and the usage; `message_stop`. A `ping` may come at any time, and an `error` ends
 * everything.
 */
export class MessageStreamValidator implements StreamValidator {
  readonly violations: string[] = []
  readonly #reader: StrictEventReader
  #count = 0
  #state: State = 'before'
  #index = 0
  #block: OpenBlock | undefined
  #calls = false

  constructor() {
    this.#reader = new StrictEventReader(
      {
        event: (data, name) => this.#event(data, name),
        violation: (text) => this.#report(text),
      },
      { named: true },
    )
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  end(): void {
    this.#reader.end()
    if (this.#state !== 'stopped' && this.#state !== 'failed') {
      this.#report('the stream ends without `message_stop`')
    }
  }

  readonly #report: Report = (text) => {
    this.violations.push(`event ${this.#count}: ${text}`)
  }

  #event(data: string, name: string | undefined): void {
    this.#count += 1
    if (this.#state === 'stopped' || this.#state === 'failed') {
      const last = this.#state === 'stopped' ? '`message_stop`' : 'an error'
      this.#report(`something follows ${last}`)
      return
    }
    const payload = parseJson(data)
    if (!isJsonObject(payload)) {
      this.#report('the data is not a JSON object')
      return
    }
    const { type } = payload
    if (name !== undefined && name !== type) this.#report('the name of an event is not its `type`')
    this.#read(payload)
  }

  #read(payload: JsonObject): void {
    switch (payload['type']) {
      case 'ping':
        return
      case 'error':
        checkError(payload, this.#report)
        this.#state = 'failed'
        return
      case 'message_start':
        this.#start(payload)
        return
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        this.#readBlock(payload)
        return
      case 'message_delta':
        this.#readEnd(payload)
        return
      case 'message_stop':
        this.#stop()
        return
      default:
        this.#report('no event has this `type`')
    }
  }

  #start({ message }: JsonObject): void {
    if (this.#state !== 'before') this.#report('`message_start` comes twice')
    this.#state = 'open'
    if (!isJsonObject(message)) {
      this.#report('`message` is not an object')
      return
    }
    checkFrame(message, this.#report)
    const { content, stop_reason: reason } = message
    if (Array.isArray(content) && content.length > 0) this.#report('`message_start` holds blocks')
    if (reason !== null) this.#report('`message_start` has a `stop_reason`')
    checkUsage(message['usage'], ['input_tokens', 'output_tokens'], this.#report)
  }

  #readBlock(payload: JsonObject): void {
    if (this.#state === 'before') this.#report('a block comes before `message_start`')
    if (this.#state === 'ended') this.#report('a block comes behind `message_delta`')
    const { type, index } = payload
    if (index !== this.#index) this.#report(`the index of a block is not ${this.#index}`)
    if (type === 'content_block_start') this.#startBlock(payload)
    else if (this.#block === undefined) this.#report('no block is open')
    else if (type === 'content_block_delta') this.#block.delta(payload['delta'])
    else this.#stopBlock(this.#block)
  }

  #startBlock({ content_block: content }: JsonObject): void {
    if (this.#block !== undefined) this.#report('two blocks are open')
    this.#block = new OpenBlock(content, this.#report)
    this.#calls ||= this.#block.type === 'tool_use'
  }

  #stopBlock(block: OpenBlock): void {
    block.stop()
    this.#block = undefined
    this.#index += 1
  }

  #readEnd({ delta, usage }: JsonObject): void {
    if (this.#state === 'before') this.#report('`message_delta` comes before `message_start`')
    if (this.#state === 'ended') this.#report('`message_delta` comes twice')
    if (this.#block !== undefined) this.#report('`message_delta` comes inside a block')
    this.#state = 'ended'
    if (isJsonObject(delta)) checkEnd(delta, this.#calls, this.#report)
    else this.#report('`delta` is not an object')
    checkUsage(usage, ['output_tokens'], this.#report)
  }

  #stop(): void {
    if (this.#state !== 'ended') this.#report('`message_stop` comes before `message_delta`')
    this.#state = 'stopped'
  }
}
