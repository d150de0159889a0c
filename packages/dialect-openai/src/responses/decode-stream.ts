import {
  isJsonObject,
  type JsonObject,
  type SseEvent,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import {
  brokenStream,
  createStreamDecoder,
  eventObject,
  StreamBlocks,
  type StreamReader,
} from '@jackfield/dialect-kit'
import { decodeStart } from './decode-response.ts'
import { failureIn } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { filled } from './item-kinds.ts'
import type { ResponsesVariant } from './options.ts'
import { reasoningBlock } from './reasoning-block.ts'
import { StreamOutput } from './stream-output.ts'
import { decodeUsage } from './usage.ts'

/**
 * Events of a streamed answer to parts. The first terminal event ends it: what some servers send behind it is another answer. A
 * stream without one has been cut off, unless it ends with `[DONE]`, which compatible servers send.
 */
export function streamDecoder(variant: ResponsesVariant): StreamDecoder {
  return createStreamDecoder(new ResponsesStreamReader(variant))
}

class ResponsesStreamReader implements StreamReader {
  readonly #variant: ResponsesVariant
  readonly #blocks = new StreamBlocks()
  #output: StreamOutput | undefined
  over = false
  /** Name of the last reasoning block. */
  #thinking = ''

  constructor(variant: ResponsesVariant) {
    this.#variant = variant
  }

  /** Reasoning blocks are named for their items, whose ids their state is bound to. */
  take(): readonly StreamPart[] {
    const parts = this.#blocks.take()
    if (!parts.some(isReasoning)) return parts
    return parts.map((part) => {
      if (!isReasoning(part)) return part
      if (part.type === 'reasoning-start')
        this.#thinking = blockOf(this.#output?.nextThinker(), part.id)
      return { ...part, id: this.#thinking }
    })
  }

  read(event: SseEvent): void {
    const wire = eventObject(event)
    if (wire !== undefined) this.#dispatch(wire)
    else if (event.data.trim() === '[DONE]') this.#finishUntold()
  }

  conclude(): void {
    throw brokenStream('ended without `response.completed`: it was cut off')
  }

  #finishUntold(): void {
    if (this.#output === undefined) throw brokenStream('held no answer')
    this.#finish({})
  }

  #dispatch(event: JsonObject): void {
    const type = filled(event['type']) ?? ''
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        this.#start(event)
        return
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        this.#terminate(type, event)
        return
      default:
        this.#content(type, event)
    }
  }

  #content(type: string, event: JsonObject): void {
    if (type === 'error' || type === '') {
      const failure = failureIn(event, this.#variant)
      if (failure !== undefined) throw failure
      return
    }
    const output = this.#output ?? this.#begin({})
    output.read(type, event)
  }

  #start(event: JsonObject): void {
    const { response } = event
    if (this.#output === undefined) this.#begin(isJsonObject(response) ? response : {})
  }

  #begin(response: JsonObject): StreamOutput {
    const start = decodeStart(response)
    this.#blocks.add(start)
    this.#output = new StreamOutput(this.#blocks, start.id ?? '')
    return this.#output
  }

  #terminate(type: string, event: JsonObject): void {
    const { response } = event
    const document = isJsonObject(response) ? response : {}
    const status = type.slice('response.'.length)
    const failure = failureIn({ ...document, status }, this.#variant)
    const usage = decodeUsage(document['usage'])
    if (failure !== undefined) {
      if (usage !== undefined) this.#blocks.add({ type: 'usage', usage })
      throw failure
    }
    this.#finish({ ...document, status })
  }

  #finish(document: JsonObject): void {
    const output = this.#output ?? this.#begin(document)
    output.complete(document['output'])
    const usage = decodeUsage(document['usage'])
    if (usage !== undefined) this.#blocks.add({ type: 'usage', usage })
    this.#blocks.add({ type: 'finish', ...decodeFinish(document, output.called) })
    this.over = true
  }
}

type ReasoningBlockPart = Extract<StreamPart, { type: `reasoning-${string}` }>

function isReasoning(part: StreamPart): part is ReasoningBlockPart {
  return (
    part.type === 'reasoning-delta' ||
    part.type === 'reasoning-start' ||
    part.type === 'reasoning-end'
  )
}

function blockOf(itemId: string | undefined, fallback: string): string {
  return itemId === undefined || itemId === '' ? fallback : reasoningBlock(itemId)
}
