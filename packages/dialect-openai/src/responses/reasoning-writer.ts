import type { JsonObject } from '@jackfield/core'
import { type EventSink, eventPrefix } from './event-writer.ts'
import { partType, reasoningItem } from './output-items.ts'

const tail = '}\n\n'

interface Words {
  readonly added: string
  readonly delta: string
  readonly done: string
  readonly partDone: string
  readonly indexName: 'summary_index' | 'content_index'
}

/** Events of a summary and of the model's own words (protocol reference 2.6). */
const words: Readonly<Record<'summary' | 'raw', Words>> = {
  summary: {
    added: 'response.reasoning_summary_part.added',
    delta: eventPrefix('response.reasoning_summary_text.delta'),
    done: 'response.reasoning_summary_text.done',
    partDone: 'response.reasoning_summary_part.done',
    indexName: 'summary_index',
  },
  raw: {
    added: 'response.content_part.added',
    delta: eventPrefix('response.reasoning_text.delta'),
    done: 'response.reasoning_text.done',
    partDone: 'response.content_part.done',
    indexName: 'content_index',
  },
}

/** Writes one reasoning item: a text, if there is any, and the state that came with it. */
export class ReasoningWriter {
  readonly #sink: EventSink
  readonly #id: string
  readonly #index: number
  readonly #form: 'summary' | 'raw'
  readonly #words: Words
  readonly #place: JsonObject
  readonly #middle: string
  readonly #pieces: string[] = []

  constructor(
    sink: EventSink,
    {
      id,
      index,
      form,
    }: { readonly id: string; readonly index: number; readonly form: 'summary' | 'raw' },
  ) {
    this.#sink = sink
    this.#id = id
    this.#index = index
    this.#form = form
    this.#words = words[form]
    this.#place = { item_id: id, output_index: index, [this.#words.indexName]: 0 }
    this.#middle = `,${JSON.stringify(this.#place).slice(1, -1)},"delta":`
    const item = reasoningItem(id, { form, text: '' })
    sink.event('response.output_item.added', { output_index: index, item })
  }

  text(text: string): void {
    if (this.#pieces.length === 0) {
      const part = { type: partType(this.#form), text: '' }
      this.#sink.event(this.#words.added, { ...this.#place, part })
    }
    this.#pieces.push(text)
    this.#sink.delta(this.#words.delta, this.#middle, JSON.stringify(text), tail)
  }

  end(encrypted: string | undefined): JsonObject {
    const text = this.#pieces.join('')
    if (this.#pieces.length > 0) {
      const part = { type: partType(this.#form), text }
      this.#sink.event(this.#words.done, { ...this.#place, text })
      this.#sink.event(this.#words.partDone, { ...this.#place, part })
    }
    const item = reasoningItem(this.#id, { form: this.#form, text, encrypted })
    this.#sink.event('response.output_item.done', { output_index: this.#index, item })
    return item
  }
}
