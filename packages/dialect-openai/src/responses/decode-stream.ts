import {
  createSseFramer,
  GatewayError,
  isGatewayError,
  isJsonObject,
  type JsonObject,
  type SseEvent,
  SseSizeError,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import { parseJson, StreamBlocks } from '@jackfield/dialect-kit'
import { decodeStart } from './decode-response.ts'
import { failureIn } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { filled } from './item-kinds.ts'
import type { ResponsesVariant } from './options.ts'
import { reasoningBlock } from './reasoning-block.ts'
import { StreamOutput } from './stream-output.ts'
import { decodeUsage } from './usage.ts'

const noParts: readonly StreamPart[] = Object.freeze([])

/**
 * Events of a streamed answer to parts. The first terminal event ends it: what some servers send behind it is another answer. A
 * stream without one has been cut off, unless it ends with `[DONE]`, which compatible servers send.
 */
export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #variant: ResponsesVariant
  readonly #framer = createSseFramer()
  readonly #blocks = new StreamBlocks()
  #output: StreamOutput | undefined
  #over = false
  /** Name of the last reasoning block. */
  #thinking = ''

  constructor(variant: ResponsesVariant) {
    this.#variant = variant
  }

  push(chunk: Uint8Array): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const event of this.#framer.push(chunk)) this.#read(event)
    })
  }

  end(): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const event of this.#framer.end()) this.#read(event)
      if (!this.#over) {
        throw invalid('ended without `response.completed`: it was cut off')
      }
    })
  }

  /** The parts that `work` makes, and what stops it as an `error` part behind them. */
  #guard(work: () => void): readonly StreamPart[] {
    try {
      work()
    } catch (error) {
      this.#over = true
      this.#blocks.add({ type: 'error', error: asUpstreamError(error) })
    }
    return this.#named(this.#blocks.take())
  }

  /** Reasoning blocks are named for their items, whose ids their state is bound to. */
  #named(parts: readonly StreamPart[]): readonly StreamPart[] {
    if (!parts.some(isReasoning)) return parts
    return parts.map((part) => {
      if (!isReasoning(part)) return part
      if (part.type === 'reasoning-start')
        this.#thinking = blockOf(this.#output?.nextThinker(), part.id)
      return { ...part, id: this.#thinking }
    })
  }

  #read(event: SseEvent): void {
    const data = event.data.trim()
    if (this.#over || data === '') return
    if (data === '[DONE]') {
      if (this.#output === undefined) throw invalid('held no answer')
      this.#finish({})
      return
    }
    const wire = parseJson(data)
    if (isJsonObject(wire)) this.#dispatch(wire)
    else if (wire === undefined && event.unterminated !== true) {
      throw invalid('has an event that is not valid JSON')
    }
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
    this.#over = true
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

function invalid(problem: string): GatewayError {
  return new GatewayError('upstream_invalid_response', `The provider’s stream ${problem}.`)
}

function asUpstreamError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  const message =
    error instanceof SseSizeError
      ? `The provider’s stream cannot be read: ${error.message}.`
      : 'The provider’s stream cannot be understood.'
  return new GatewayError('upstream_invalid_response', message, { cause: error })
}
