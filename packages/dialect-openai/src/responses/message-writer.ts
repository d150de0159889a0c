import type { Citation, JsonObject, JsonValue } from '@jackfield/core'
import { encodeAnnotation } from './citations.ts'
import { type EventSink, eventPrefix } from './event-writer.ts'
import { messageItem, outputText } from './output-items.ts'

interface OpenPart {
  readonly type: 'output_text' | 'refusal'
  readonly index: number
  /** Members of its deltas before the text. */
  readonly middle: string
  readonly pieces: string[]
  readonly annotations: JsonObject[]
  readonly logprobs: JsonValue[]
  length: number
}

const textPrefix = eventPrefix('response.output_text.delta')
const refusalPrefix = eventPrefix('response.refusal.delta')
const textTail = ',"logprobs":[]}\n\n'
const plainTail = '}\n\n'

/** Writes one message: its texts and refusals, each with all its events. */
export class MessageWriter {
  readonly #sink: EventSink
  readonly #place: { readonly item_id: string; readonly output_index: number }
  readonly #content: JsonObject[] = []
  readonly phase: string | undefined
  #part: OpenPart | undefined

  constructor(
    sink: EventSink,
    {
      id,
      index,
      phase,
    }: { readonly id: string; readonly index: number; readonly phase: string | undefined },
  ) {
    this.#sink = sink
    this.#place = { item_id: id, output_index: index }
    this.phase = phase
    const item = messageItem(id, [], { status: 'in_progress', phase })
    sink.event('response.output_item.added', { output_index: index, item })
  }

  text(text: string, logprobs: readonly JsonValue[]): void {
    const part = this.#open('output_text')
    part.pieces.push(text)
    part.length += text.length
    part.logprobs.push(...logprobs)
    const tail = logprobs.length === 0 ? textTail : `,"logprobs":${JSON.stringify(logprobs)}}\n\n`
    this.#sink.delta(textPrefix, part.middle, JSON.stringify(text), tail)
  }

  refusal(text: string): void {
    const part = this.#open('refusal')
    part.pieces.push(text)
    this.#sink.delta(refusalPrefix, part.middle, JSON.stringify(text), plainTail)
  }

  /** A citation of the open text. One that is of none has no place. */
  cite(citation: Citation): void {
    const part = this.#part
    if (part?.type !== 'output_text') return
    const annotation = encodeAnnotation(citation, part.length)
    if (annotation === undefined) return
    this.#sink.event('response.output_text.annotation.added', {
      ...this.#place,
      content_index: part.index,
      annotation_index: part.annotations.length,
      annotation,
    })
    part.annotations.push(annotation)
  }

  /** A part that comes whole, of a type that only its provider knows. */
  whole(part: JsonObject): void {
    this.endPart()
    const place = { ...this.#place, content_index: this.#content.length }
    this.#sink.event('response.content_part.added', { ...place, part })
    this.#sink.event('response.content_part.done', { ...place, part })
    this.#content.push(part)
  }

  endPart(): void {
    const open = this.#part
    if (open === undefined) return
    this.#part = undefined
    const place = { ...this.#place, content_index: open.index }
    const text = open.pieces.join('')
    const { annotations, logprobs } = open
    const isText = open.type === 'output_text'
    const part = isText
      ? outputText(text, annotations, logprobs)
      : { type: 'refusal', refusal: text }
    if (isText) this.#sink.event('response.output_text.done', { ...place, text, logprobs })
    else this.#sink.event('response.refusal.done', { ...place, refusal: text })
    this.#sink.event('response.content_part.done', { ...place, part })
    this.#content.push(part)
  }

  /** Ends the message and gives it whole. */
  end(status: 'completed' | 'incomplete'): JsonObject {
    this.endPart()
    const { item_id: id, output_index } = this.#place
    const item = messageItem(id, this.#content, { status, phase: this.phase })
    this.#sink.event('response.output_item.done', { output_index, item })
    return item
  }

  #open(type: OpenPart['type']): OpenPart {
    if (this.#part?.type === type) return this.#part
    this.endPart()
    const index = this.#content.length
    const place = { ...this.#place, content_index: index }
    const part = type === 'refusal' ? { type, refusal: '' } : outputText('', [], [])
    this.#sink.event('response.content_part.added', { ...place, part })
    const middle = `,${JSON.stringify(place).slice(1, -1)},"delta":`
    this.#part = { type, index, middle, pieces: [], annotations: [], logprobs: [], length: 0 }
    return this.#part
  }
}
