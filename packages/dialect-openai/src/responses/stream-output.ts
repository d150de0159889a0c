import {
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TextDelta,
} from '@jackfield/core'
import type { StreamBlocks } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { decodeAnnotation } from './citations.ts'
import { contentPart } from './decode-content.ts'
import {
  argumentText,
  decodeCallItem,
  decodeOtherItem,
  sectionBreak,
  textsIn,
} from './decode-item.ts'
import { fallbackCallId } from './decode-output.ts'
import { filled } from './item-kinds.ts'
import { answerStates } from './reasoning-state.ts'
import { type StreamItem, StreamItems } from './stream-items.ts'

/** Reads the events of one answer's items. Texts are told as they come, and what an event of the end says more is told then. */
export class StreamOutput {
  readonly #blocks: StreamBlocks
  readonly #seed: string
  readonly #items = new StreamItems()
  /** The item whose text or reasoning block is open, and which of its texts. */
  #current: { readonly item: StreamItem; readonly key: string } | undefined
  /** Whether the model called a tool of the client. */
  called = false
  /** Ids of the items whose reasoning blocks have opened, in their order; "" for a further block of an item. */
  readonly #thinkers: string[] = []
  readonly #named = new Set<string>()

  constructor(blocks: StreamBlocks, seed: string) {
    this.#blocks = blocks
    this.#seed = seed
  }

  read(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.output_text.delta':
        this.#text(this.#items.of(event, 'message'), keyOf(event), event['delta'], event)
        return
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#arguments(this.#items.of(event, callType(type)), textOf(event['delta']))
        return
      case 'response.reasoning_summary_text.delta':
        this.#reasoning(this.#items.of(event, 'reasoning'), 'summary', event)
        return
      case 'response.reasoning_text.delta':
        this.#reasoning(this.#items.of(event, 'reasoning'), 'raw', event)
        return
      case 'response.output_item.added':
        this.#added(event)
        return
      case 'response.output_item.done':
        this.#done(event)
        return
      default:
        this.#readRare(type, event)
    }
  }

  /** The answer is whole: what its document says more than the events did is told, and everything is closed. */
  complete(output: JsonValue | undefined): void {
    const list = Array.isArray(output) ? output.filter(isJsonObject) : []
    for (const [place, item] of list.entries()) {
      const known = this.#items.find(item, place)
      if (known === undefined) this.#whole(item, list.length + place)
      else this.#finishItem(known, item)
    }
    this.#blocks.close()
    for (const item of this.#items.all) this.#endCall(item)
  }

  /** Id of the item that the next reasoning block came from; "" where it has none, or has given it to a block before. */
  nextThinker(): string {
    return this.#thinkers.shift() ?? ''
  }

  #readRare(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.refusal.delta':
        this.#refusal(this.#items.of(event, 'message'), keyOf(event), textOf(event['delta']))
        return
      case 'response.output_text.done':
        this.#rest(this.#items.of(event, 'message'), keyOf(event), event['text'])
        return
      case 'response.refusal.done':
        this.#restOfRefusal(this.#items.of(event, 'message'), keyOf(event), event['refusal'])
        return
      case 'response.output_text.annotation.added':
        this.#annotation(this.#items.of(event, 'message'), keyOf(event), event['annotation'])
        return
      default:
        // Everything else either says it again at the end of its item, or has nothing for clients of other protocols.
        return
    }
  }

  #added(event: JsonObject): void {
    const { item: wire } = event
    if (!isJsonObject(wire)) return
    const type = filled(wire['type']) ?? ''
    const item = this.#items.of(event, type)
    item.type = type
    const id = filled(wire['id'])
    if (id !== undefined) this.#items.name(item, id)
    if (isCall(type)) this.#startCall(item, wire)
  }

  #done(event: JsonObject): void {
    const { item: wire } = event
    if (!isJsonObject(wire)) return
    const item = this.#items.of(event, filled(wire['type']) ?? '')
    const id = filled(wire['id'])
    if (id !== undefined) this.#items.name(item, id)
    this.#finishItem(item, wire)
  }

  /** An item that no event announced. */
  #whole(wire: JsonObject, index: number): void {
    const type = filled(wire['type']) ?? ''
    this.#finishItem(this.#items.of({ output_index: index }, type), wire)
  }

  #finishItem(item: StreamItem, wire: JsonObject): void {
    if (item.done) return
    item.done = true
    item.type = filled(wire['type']) ?? item.type
    if (item.type === 'message') this.#finishMessage(item, wire)
    else if (item.type === 'reasoning') this.#finishReasoning(item, wire)
    else if (isCall(item.type)) this.#finishCall(item, wire)
    else {
      this.#close()
      this.#blocks.whole(decodeOtherItem(wire, answerStates(wire)))
    }
    if (this.#current?.item === item) this.#close()
  }

  #close(): void {
    this.#blocks.close()
    this.#current = undefined
  }

  /** Makes a text or reasoning of an item the open one. */
  #open(item: StreamItem, key: string): void {
    const current = this.#current
    if (current?.item === item && current.key === key) return
    this.#close()
    this.#current = { item, key }
  }

  #text(item: StreamItem, key: string, value: JsonValue | undefined, event?: JsonObject): void {
    const text = textOf(value)
    if (text === '') return
    this.#open(item, key)
    this.#blocks.text(text, logprobsOf(event))
    tell(item, key, text)
  }

  #refusal(item: StreamItem, key: string, text: string): void {
    if (text === '') return
    this.#close()
    this.#blocks.refusal(text)
    tell(item, key, text)
  }

  #reasoning(item: StreamItem, form: 'summary' | 'raw', event: JsonObject): void {
    const place = event[form === 'summary' ? 'summary_index' : 'content_index']
    this.#think(item, {
      form,
      place: typeof place === 'number' ? place : 0,
      text: textOf(event['delta']),
    })
  }

  /** Sections of one text are told as one block, an empty line between them. */
  #think(
    item: StreamItem,
    {
      form,
      place,
      text,
    }: { readonly form: 'summary' | 'raw'; readonly place: number; readonly text: string },
  ): void {
    if (text === '') return
    const section = `${form}${place}`
    const isNew = (item.told.get(section) ?? 0) === 0
    const isFirst = (item.told.get(form) ?? 0) === 0
    this.#open(item, form)
    this.#noteThinker(item)
    if (isNew && !isFirst) this.#blocks.reasoning(sectionBreak, form)
    this.#blocks.reasoning(text, form)
    item.form = form
    tell(item, section, text)
    tell(item, form, text)
  }

  /** A block is about to open, unless one is. */
  #noteThinker(item: StreamItem): void {
    if (this.#blocks.open === 'reasoning') return
    const [id = ''] = item.ids
    this.#thinkers.push(this.#named.has(id) ? '' : id)
    this.#named.add(id)
  }

  #arguments(item: StreamItem, text: string): void {
    if (text === '' || item.ended) return
    tell(item, 'arguments', text)
    if (item.call === undefined) item.early += text
    else this.#blocks.add({ type: 'tool-call-delta', id: item.call, arguments: text })
  }

  #startCall(item: StreamItem, wire: JsonObject): void {
    if (item.call !== undefined) return
    const call = decodeCallItem(wire, fallbackCallId(this.#seed, item.index))
    if (call === undefined) return
    this.#close()
    const id = this.#blocks.nextId('c')
    item.call = id
    this.called = true
    this.#blocks.touched = true
    const { callId, name, kind } = call
    this.#blocks.add({ type: 'tool-call-start', id, callId, name, kind })
    const { early } = item
    item.early = ''
    if (early !== '') this.#blocks.add({ type: 'tool-call-delta', id, arguments: early })
  }

  #finishCall(item: StreamItem, wire: JsonObject): void {
    this.#startCall(item, wire)
    const value = item.type === 'custom_tool_call' ? wire['input'] : wire['arguments']
    this.#arguments(item, argumentText(value).slice(item.told.get('arguments') ?? 0))
    this.#endCall(item)
  }

  #endCall(item: StreamItem): void {
    const { call: id, early } = item
    if (id !== undefined && !item.ended) {
      item.ended = true
      this.#blocks.add({ type: 'tool-call-end', id })
    }
    if (id === undefined && early !== '') {
      throw new GatewayError(
        'upstream_invalid_response',
        'The provider sent a tool call without a name.',
      )
    }
  }

  #finishMessage(item: StreamItem, { content }: JsonObject): void {
    if (typeof content === 'string') this.#rest(item, '0', content)
    if (!Array.isArray(content)) return
    for (const [index, part] of content.entries()) {
      if (isJsonObject(part)) this.#finishPart(item, String(index), part)
    }
  }

  #finishPart(item: StreamItem, key: string, part: JsonObject): void {
    const { type, text, refusal, annotations } = part
    if (type === 'refusal') this.#restOfRefusal(item, key, refusal)
    else if (type !== 'output_text' || typeof text !== 'string') {
      this.#close()
      this.#blocks.whole(contentPart(part))
    } else {
      this.#rest(item, key, text)
      const list = Array.isArray(annotations) ? annotations : []
      for (const annotation of list.slice(item.cited.get(key) ?? 0)) {
        this.#annotation(item, key, annotation)
      }
    }
  }

  #rest(item: StreamItem, key: string, text: JsonValue | undefined): void {
    this.#text(item, key, textOf(text).slice(item.told.get(key) ?? 0))
  }

  #restOfRefusal(item: StreamItem, key: string, text: JsonValue | undefined): void {
    this.#refusal(item, key, textOf(text).slice(item.told.get(key) ?? 0))
  }

  #annotation(item: StreamItem, key: string, value: JsonValue | undefined): void {
    if (!isJsonObject(value)) return
    item.cited.set(key, (item.cited.get(key) ?? 0) + 1)
    this.#blocks.source(decodeAnnotation(value))
  }

  #finishReasoning(item: StreamItem, wire: JsonObject): void {
    for (const form of ['summary', 'raw'] as const) {
      const texts = textsIn(form === 'summary' ? wire['summary'] : wire['content'])
      for (const [place, text] of texts.entries()) {
        const told = item.told.get(`${form}${place}`) ?? 0
        this.#think(item, { form, place, text: text.slice(told) })
      }
    }
    const [state] = answerStates(wire)
    if (state === undefined) return
    if (this.#current?.item !== item) {
      this.#close()
      this.#noteThinker(item)
      this.#blocks.startReasoning(item.form ?? 'summary')
      this.#current = { item, key: item.form ?? 'summary' }
    }
    this.#blocks.attach('reasoning', state)
  }
}

function callType(type: string): string {
  return type.startsWith('response.custom') ? 'custom_tool_call' : 'function_call'
}

function isCall(type: string): boolean {
  return type === 'function_call' || type === 'custom_tool_call'
}

function keyOf({ content_index: index }: JsonObject): string {
  return typeof index === 'number' ? String(index) : '0'
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function tell(item: StreamItem, key: string, text: string): void {
  item.told.set(key, (item.told.get(key) ?? 0) + text.length)
}

function logprobsOf(event: JsonObject | undefined): TextDelta['logprobs'] {
  const value = event?.['logprobs']
  return Array.isArray(value) && value.length > 0 ? { dialect: responsesName, value } : undefined
}
