import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import type { StreamBlocks } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'
import { readContentList, readImages } from './answer-content.ts'
import { decodeCitations } from './citations.ts'
import { detailsIn, isReadable } from './reasoning-details.ts'
import { plainReasoning } from './reasoning-fields.ts'
import type { StreamDetails } from './stream-details.ts'
import { StreamToolCalls } from './stream-tool-calls.ts'
import { ThinkTagSplitter } from './think-tags.ts'

/** Reads the deltas of one choice, member by member, in the order in which their texts belong: thoughts, text, calls. */
export class StreamDelta {
  readonly #details: StreamDetails
  readonly #blocks: StreamBlocks
  readonly #variant: Variant
  readonly #calls: StreamToolCalls
  #splitter: ThinkTagSplitter | undefined

  constructor(details: StreamDetails, variant: Variant, callId: (index: number) => string) {
    this.#details = details
    this.#blocks = details.blocks
    this.#variant = variant
    this.#calls = new StreamToolCalls(details.blocks, callId)
    if (variant.thinkTags) this.#splitter = new ThinkTagSplitter()
  }

  read(choice: JsonObject): void {
    const delta = this.#deltaOf(choice)
    if (delta === undefined) return
    const { content, refusal, function_call: legacy } = delta
    this.#readReasoning(delta)
    if (typeof content === 'string') this.#readText(content, choice['logprobs'])
    else if (Array.isArray(content)) this.#readList(content)
    if (typeof refusal === 'string') this.#blocks.refusal(refusal)
    this.#readRest(delta)
    this.#calls.push(delta['tool_calls'])
    if (isJsonObject(legacy)) this.#calls.push([{ index: -1, function: legacy }])
  }

  /** A delta with content and nothing else. */
  text(content: string): void {
    this.#readText(content, undefined)
  }

  /** Ends all blocks. Returns whether tools were called. */
  end(): boolean {
    this.#stopSplitting()
    this.#blocks.close()
    this.#calls.close()
    return this.#calls.any
  }

  /**
   * `message` stands for `delta` where an answer comes whole; behind deltas it repeats them (MiniMax), so that nothing of it
   * is new. The legacy protocol has `text`.
   */
  #deltaOf(choice: JsonObject): JsonObject | undefined {
    const { delta, message, text } = choice
    if (isJsonObject(delta)) return delta
    if (isJsonObject(message)) return this.#blocks.touched ? undefined : message
    return typeof text === 'string' ? { content: text } : undefined
  }

  #readReasoning(delta: JsonObject): void {
    const { read } = this.#variant
    const details = read.includes('reasoning_details') ? detailsIn(delta) : []
    for (const detail of details) this.#details.add(detail)
    const text = details.some(isReadable) ? '' : plainReasoning(delta, read)
    // Who sets reasoning apart in a field of its own does not also do it in the content.
    if (text !== '' || details.length > 0) this.#stopSplitting()
    this.#blocks.reasoning(text)
  }

  #stopSplitting(): void {
    if (this.#splitter === undefined) return
    const segments = this.#splitter.end()
    this.#splitter = undefined
    this.#emit(segments)
  }

  #readText(content: string, logprobs: JsonValue | undefined): void {
    if (this.#splitter === undefined) {
      const own = hasLogprobs(logprobs) ? { dialect: chatName, value: logprobs } : undefined
      this.#blocks.text(content, own)
      return
    }
    this.#emit(this.#splitter.push(content))
  }

  #emit(segments: ReturnType<ThinkTagSplitter['push']>): void {
    for (const { reasoning, text } of segments) {
      if (reasoning) this.#blocks.reasoning(text)
      else this.#blocks.text(text)
    }
  }

  #readList(list: readonly JsonValue[]): void {
    for (const piece of readContentList(list)) {
      if (piece.type === 'text') this.#blocks.text(piece.text)
      else if (piece.type === 'reasoning') this.#blocks.reasoning(piece.text)
      else this.#blocks.whole(piece)
    }
  }

  /** What is rare: citations, images, and speech, whose pieces only this protocol can carry. */
  #readRest(delta: JsonObject): void {
    for (const citation of decodeCitations(delta['annotations'])) this.#blocks.source(citation)
    for (const image of readImages(delta['images'])) this.#blocks.whole(image)
    const { audio } = delta
    if (isJsonObject(audio) && Object.values(audio).some(isFilled)) {
      this.#blocks.whole({ type: 'provider', dialect: chatName, value: { audio } })
    }
  }
}

/** Most servers send `null`, and some an object of nulls, where nobody asked. */
function hasLogprobs(value: JsonValue | undefined): value is JsonObject {
  return isJsonObject(value) && (Array.isArray(value['content']) || Array.isArray(value['refusal']))
}

/** Snowflake fills in empty texts and zeros where there is nothing. */
function isFilled(value: JsonValue): boolean {
  return value !== '' && value !== 0 && value !== null
}
