import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StreamValidator,
} from '@jackfield/core'
import { isFilledText, parseJson, type Report, StrictEventReader } from '@jackfield/dialect-kit'
import { CallRules, HostedRules, type ItemRules } from './item-events.ts'
import { checkItem } from './item-shape.ts'
import { PartedRules } from './part-events.ts'
import { checkResponse } from './response-rules.ts'

interface OpenItem {
  readonly id: JsonValue | undefined
  readonly type: string
  readonly rules: ItemRules
}

const beginnings = new Set(['response.created', 'response.queued', 'response.in_progress'])
const terminals = new Set([
  ...['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'],
])

/** Types of which several may be open side by side. */
const parallel = new Set(['function_call', 'custom_tool_call'])

/** Phases of the life of a response before its first item. */
type Life = 'new' | 'created' | 'queued' | 'running' | 'error' | 'over'

/**
 * Accepts exactly the streams of OpenAI (protocol reference 2.6): named events, numbered without gaps; `response.created` and
 * `response.in_progress`; the items in order, each with all its events; one terminal whose output is what was told. A broken answer ends
 * with the event `error`, `response.failed`, or both in this order. Calls may be open side by side, other items not.
 */
export class ResponsesStreamValidator implements StreamValidator {
  readonly violations: string[] = []
  readonly #reader: StrictEventReader
  readonly #open = new Map<number, OpenItem>()
  readonly #done = new Map<number, JsonObject>()
  #count = 0
  #sequence = 0
  #life: Life = 'new'
  #id: JsonValue | undefined
  #items = 0

  constructor() {
    const receiver = {
      event: (data: string, name?: string) => this.#event(data, name),
      violation: (text: string) => this.#report(text),
    }
    this.#reader = new StrictEventReader(receiver, { named: true })
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  end(): void {
    this.#reader.end()
    if (this.#life !== 'over' && this.#life !== 'error') {
      this.#report('the stream ends without a terminal event')
    }
  }

  readonly #report: Report = (text) => {
    this.violations.push(`event ${this.#count}: ${text}`)
  }

  #event(data: string, name: string | undefined): void {
    this.#count += 1
    const event = parseJson(data)
    if (!isJsonObject(event)) {
      this.#report('the data is not a JSON object')
      return
    }
    const { type } = event
    if (!isFilledText(type)) this.#report('`type` is no text')
    else if (name !== undefined && name !== type)
      this.#report('the name of the event is not its `type`')
    this.#number(event)
    if (this.#life === 'over') this.#report('something follows the terminal event')
    else this.#dispatch(String(type), event)
  }

  /** Numbers count from 0. An `error` from somewhere on the way may have none. */
  #number({ type, sequence_number: number }: JsonObject): void {
    if (type === 'error' && number === undefined) return
    if (number !== this.#sequence) this.#report('`sequence_number` is not the next')
    this.#sequence = typeof number === 'number' ? number + 1 : this.#sequence + 1
  }

  #dispatch(type: string, event: JsonObject): void {
    if (this.#life === 'error' && type !== 'response.failed') {
      this.#report('something else than `response.failed` follows an error')
    }
    if (type === 'error') this.#error(event)
    else if (this.#life === 'new' && type !== 'response.created') {
      this.#report('the first event is not `response.created`')
    } else if (beginnings.has(type)) this.#begin(type, event)
    else if (terminals.has(type)) this.#terminate(type, event)
    else this.#content(type, event)
  }

  #begin(type: string, event: JsonObject): void {
    const word = type.slice('response.'.length)
    if (!this.#mayBegin(word)) this.#report(`"${type}" comes out of turn`)
    this.#life = word === 'in_progress' ? 'running' : word === 'queued' ? 'queued' : 'created'
    const response = this.#response(event)
    const expected = word === 'created' ? ['in_progress', 'queued'] : [word]
    if (response !== undefined && !expected.includes(String(response['status']))) {
      this.#report(`the \`status\` is not that of "${type}"`)
    }
  }

  #mayBegin(word: string): boolean {
    if (word === 'created') return this.#life === 'new'
    if (word === 'queued') return this.#life === 'created'
    return this.#life === 'created' || this.#life === 'queued'
  }

  #response({ response }: JsonObject): JsonObject | undefined {
    if (!isJsonObject(response)) {
      this.#report('`response` is not an object')
      return undefined
    }
    checkResponse(response, this.#report)
    this.#id ??= response['id']
    if (response['id'] !== this.#id) this.#report('the `id` of the response changed')
    return response
  }

  #content(type: string, event: JsonObject): void {
    if (this.#life !== 'running') this.#report('an item comes before `response.in_progress`')
    if (type === 'response.output_item.added') this.#add(event)
    else if (type === 'response.output_item.done') this.#finish(event)
    else this.#within(type, event)
  }

  #add({ item, output_index: index }: JsonObject): void {
    if (index !== this.#items) this.#report('`output_index` is not the next')
    this.#items += 1
    if (!checkItem(item, this.#report)) return
    const type = String(item['type'])
    const others = [...this.#open.values()].filter((open) => !parallel.has(open.type))
    if (others.length > 0) this.#report('an item begins inside of another')
    const { status } = item
    if (status === 'completed') this.#report('an item is announced as completed')
    this.#open.set(Number(index), { id: item['id'], type, rules: this.#rulesFor(type, item) })
  }

  #rulesFor(type: string, item: JsonObject): ItemRules {
    if (type === 'message' || type === 'reasoning') return new PartedRules(item, this.#report)
    return parallel.has(type)
      ? new CallRules(item, this.#report)
      : new HostedRules(item, this.#report)
  }

  #within(type: string, event: JsonObject): void {
    const open = this.#opened(event)
    if (open === undefined) return
    const { item_id: id } = event
    const needsId = !type.startsWith('response.shell_call_command')
    if (needsId && id !== open.id) this.#report('`item_id` is not that of its item')
    if (!open.rules.event(type, event)) this.#report(`"${type}" is no event of a ${open.type}`)
  }

  #finish(event: JsonObject): void {
    const open = this.#opened(event)
    const { item, output_index: index } = event
    if (open === undefined || !checkItem(item, this.#report)) return
    if (item['id'] !== open.id) this.#report('the `id` of an item changed')
    if (item['type'] !== open.type) this.#report('the `type` of an item changed')
    if (item['status'] === 'in_progress') this.#report('an item is done, yet in progress')
    open.rules.done(item)
    this.#open.delete(Number(index))
    this.#done.set(Number(index), item)
  }

  #opened({ output_index: index }: JsonObject): OpenItem | undefined {
    const open = this.#open.get(Number(index))
    if (open === undefined) this.#report('an event belongs to no open item')
    return open
  }

  #error(event: JsonObject): void {
    if (!isFilledText(event['message'])) this.#report('`message` of an error is no text')
    for (const name of ['code', 'param']) {
      const value = event[name]
      if (value !== null && typeof value !== 'string') {
        this.#report(`\`${name}\` of an error is neither a text nor null`)
      }
    }
    this.#life = 'error'
  }

  #terminate(type: string, event: JsonObject): void {
    const word = type.slice('response.'.length)
    const response = this.#response(event)
    if (this.#life === 'created') this.#report('the answer ends before `response.in_progress`')
    this.#life = 'over'
    if (response === undefined) return
    if (response['status'] !== word) this.#report(`the \`status\` is not that of "${type}"`)
    if (word !== 'failed' && this.#open.size > 0) this.#report('the answer ends inside of an item')
    this.#checkOutput(response['output'])
  }

  #checkOutput(output: JsonValue | undefined): void {
    const told = [...this.#done].toSorted(([one], [other]) => one - other).map(([, item]) => item)
    if (!Array.isArray(output)) return
    if (output.length !== told.length) {
      this.#report('`output` has other items than were told')
      return
    }
    for (const [index, item] of told.entries()) {
      if (!isSame(item, output[index]))
        this.#report(`item ${index} of \`output\` is not what was told`)
    }
  }
}

/**
 * Whether two JSON values say the same, whatever the order of their members. Encrypted content may differ: OpenAI encrypts it anew
 * for its last event.
 */
function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (isJsonObject(one) && isJsonObject(other)) {
    const keys = Object.keys(one).filter((key) => key !== 'encrypted_content')
    return (
      keys.length === Object.keys(other).filter((key) => key !== 'encrypted_content').length &&
      keys.every((key) => isSame(one[key], other[key]))
    )
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => isSame(value, other[index]))
  }
  return one === other
}
