import type { JsonObject } from '@jackfield/core'
import { type EventSink, eventPrefix } from './event-writer.ts'
import { callItem, type ToldCall } from './output-items.ts'

const tail = '}\n\n'
const prefixes = {
  function: eventPrefix('response.function_call_arguments.delta'),
  custom: eventPrefix('response.custom_tool_call_input.delta'),
} as const

/** Writes one call of a client's tool. */
export class CallWriter {
  readonly #sink: EventSink
  readonly #call: ToldCall
  readonly #pieces: string[] = []
  readonly #middle: string
  readonly id: string
  readonly index: number

  constructor(
    sink: EventSink,
    { id, index, call }: { readonly id: string; readonly index: number; readonly call: ToldCall },
  ) {
    this.#sink = sink
    this.#call = call
    this.id = id
    this.index = index
    this.#middle = `,"item_id":${JSON.stringify(id)},"output_index":${index},"delta":`
    const item = callItem(id, call, '', 'in_progress')
    sink.event('response.output_item.added', { output_index: index, item })
  }

  arguments(text: string): void {
    if (text === '') return
    this.#pieces.push(text)
    this.#sink.delta(prefixes[this.#call.kind], this.#middle, JSON.stringify(text), tail)
  }

  end(): JsonObject {
    const text = this.#pieces.join('')
    const place = { item_id: this.id, output_index: this.index }
    if (this.#call.kind === 'custom') {
      this.#sink.event('response.custom_tool_call_input.done', { ...place, input: text })
    } else {
      this.#sink.event('response.function_call_arguments.done', { ...place, arguments: text })
    }
    const item = callItem(this.id, this.#call, text, 'completed')
    this.#sink.event('response.output_item.done', { output_index: this.index, item })
    return item
  }
}
