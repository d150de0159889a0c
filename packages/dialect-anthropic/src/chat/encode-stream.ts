import type {
  EncodeContext,
  FinishPart,
  JsonObject,
  ReasoningEnd,
  SourcePart,
  StartPart,
  StreamEncoder,
  StreamPart,
  ToolCallDelta,
  ToolCallStart,
  Usage,
} from '@jackfield/core'
import { madeId, mergeObjects } from '@jackfield/dialect-kit'
import { errorEnvelope } from '../errors/encode-error.ts'
import { ownMembers } from '../leftover.ts'
import { callBlock, closeReasoning, mediaNote, ownBlocks } from './answer-blocks.ts'
import { encodeCitation } from './citations.ts'
import { blockStart, blockStop, deltaHead, deltaTail, eventText, wholeBlock } from './event-text.ts'
import { encodeEnd } from './finish-reason.ts'
import { encodeUsage } from './usage.ts'

/** The block that is open. Only texts may be parted: the others stay open until their end has come. */
interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'call'
  readonly id: string
  /** A delta up to its text. */
  readonly head: string
  /** Free text of a call, which becomes an argument when it is complete. */
  readonly free: string[] | undefined
}

type BlockPart = Extract<StreamPart, { readonly id: string }>

const nothing = new Uint8Array(0)

/** Id of the block that refusals are told in. */
const refusalId = ' refusal'

/**
 * Parts of one answer to events. Blocks stand strictly one behind the other: what comes for another block while a call or reasoning is
 * open waits for its end. `message_start` goes out with the first block.
 */
export class MessageStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  #start: StartPart | undefined
  #usage: Usage | undefined
  #begun = false
  #index = -1
  #open: OpenBlock | undefined
  /** The text block that parts speak of, whether it is open on the wire or not. */
  #textId: string | undefined
  /** Citations of that block, which waits for its text. */
  #cited: JsonObject[] = []
  #waiting: StreamPart[] = []
  #calls = false
  #refusal = false
  #over = false

  constructor(context: EncodeContext) {
    this.#context = context
  }

  push(parts: readonly StreamPart[]): Uint8Array {
    let text = ''
    for (const part of parts) if (!this.#over) text += this.#encode(part)
    return text === '' ? nothing : Buffer.from(text)
  }

  #encode(part: StreamPart): string {
    switch (part.type) {
      case 'text-delta':
        return this.#textDelta(part.id, part.text, part)
      case 'tool-call-delta':
        return this.#callDelta(part)
      case 'reasoning-delta':
        return this.#reasoningDelta(part.id, part.text, part)
      case 'start':
        this.#start ??= part
        return ''
      case 'usage':
        this.#usage = part.usage
        return ''
      case 'finish':
        return this.#finish(part)
      case 'error':
        this.#over = true
        return eventText({ ...errorEnvelope(part.error), type: 'error' })
      default:
        return this.#encodeRare(part)
    }
  }

  #encodeRare(
    part: Exclude<StreamPart, { type: 'start' | 'usage' | 'finish' | 'error' | `${string}-delta` }>,
  ): string {
    switch (part.type) {
      case 'text-start':
        this.#textId = part.id
        this.#cited = []
        return ''
      case 'text-end':
        return this.#textEnd(part)
      case 'reasoning-start':
        return ''
      case 'reasoning-end':
        return this.#reasoningEnd(part)
      case 'tool-call-start':
        return this.#callStart(part)
      case 'tool-call-end':
        return this.#callEnd(part)
      case 'refusal':
        this.#refusal ||= part.text !== ''
        return this.#textDelta(refusalId, part.text, part)
      case 'source':
        return this.#source(part)
      case 'file':
        return this.#textDelta(` file ${this.#index}`, mediaNote(part.file), part)
      case 'provider':
        return this.#whole(ownBlocks(part.part), part)
      default:
        return part satisfies never
    }
  }

  #textDelta(id: string, text: string, part: StreamPart): string {
    const open = this.#open
    if (open?.id === id && open.kind === 'text') {
      return text === '' ? '' : open.head + JSON.stringify(text) + deltaTail
    }
    if (text === '') return ''
    if (this.#isBusy()) return this.#wait(part)
    return `${this.#openText(id)}${JSON.stringify(text)}${deltaTail}`
  }

  /** Opens a text block and begins its first delta. */
  #openText(id: string): string {
    const cited = id === this.#textId ? this.#cited.splice(0) : []
    const empty = { type: 'text', text: '' }
    const started = this.#startBlock(cited.length === 0 ? empty : { ...empty, citations: [] })
    const citations = cited.map((citation) => citationText(this.#index, citation)).join('')
    const head = deltaHead(this.#index, 'text_delta', 'text')
    this.#open = { kind: 'text', id, head, free: undefined }
    return started + citations + head
  }

  #textEnd(part: BlockPart): string {
    if (this.#isWaiting(part.id)) return this.#wait(part)
    this.#textId = undefined
    return this.#open?.id === part.id ? this.#close() : ''
  }

  /** Providers tell a citation before the text that it belongs to; a block that has no text yet must not open for it. */
  #source(part: SourcePart): string {
    const citation = encodeCitation(part.citation)
    if (citation === undefined) return ''
    const id = part.id ?? this.#textId
    if (id !== undefined && this.#isWaiting(id)) return this.#wait(part)
    if (this.#open?.kind === 'text' && (id === undefined || this.#open.id === id)) {
      return citationText(this.#index, citation)
    }
    if (id !== undefined && id === this.#textId) this.#cited.push(citation)
    return ''
  }

  #reasoningDelta(id: string, text: string, part: StreamPart): string {
    const open = this.#open
    if (text === '') return ''
    if (open?.id === id && open.kind === 'thinking') {
      return open.head + JSON.stringify(text) + deltaTail
    }
    if (this.#isBusy()) return this.#wait(part)
    return `${this.#openThinking(id)}${JSON.stringify(text)}${deltaTail}`
  }

  #openThinking(id: string): string {
    const started = this.#startBlock({ type: 'thinking', thinking: '', signature: '' })
    const head = deltaHead(this.#index, 'thinking_delta', 'thinking')
    this.#open = { kind: 'thinking', id, head, free: undefined }
    return started + head
  }

  #reasoningEnd(part: ReasoningEnd): string {
    const isOpen = this.#open?.id === part.id
    if (!isOpen && (this.#isBusy() || this.#isWaiting(part.id))) return this.#wait(part)
    const { signature, behind } = closeReasoning(part.state, isOpen)
    const blocks = () => behind.map((block) => this.#writeWhole(block)).join('')
    if (signature === undefined) return blocks() + this.#resume()
    const started = isOpen
      ? ''
      : this.#startBlock({ type: 'thinking', thinking: '', signature: '' })
    const signed = `${deltaHead(this.#index, 'signature_delta', 'signature')}${JSON.stringify(signature)}${deltaTail}`
    this.#open = undefined
    return `${started}${signed}${blockStop(this.#index)}${blocks()}${this.#resume()}`
  }

  #callStart(part: ToolCallStart): string {
    this.#calls = true
    if (this.#isBusy()) return this.#wait(part)
    const started = this.#startBlock(callBlock(part, {}))
    const head = deltaHead(this.#index, 'input_json_delta', 'partial_json')
    const free = part.kind === 'custom' ? [] : undefined
    this.#open = { kind: 'call', id: part.id, head, free }
    return started
  }

  #callDelta(part: ToolCallDelta): string {
    const open = this.#open
    if (open?.id !== part.id || open.kind !== 'call') return this.#wait(part)
    if (part.arguments === '') return ''
    if (open.free === undefined) return open.head + JSON.stringify(part.arguments) + deltaTail
    open.free.push(part.arguments)
    return ''
  }

  #callEnd(part: BlockPart): string {
    const open = this.#open
    if (open?.id !== part.id) return this.#wait(part)
    const input = open.free === undefined ? undefined : { input: open.free.join('') }
    const last =
      input === undefined ? '' : open.head + JSON.stringify(JSON.stringify(input)) + deltaTail
    return last + this.#close()
  }

  #whole(blocks: readonly JsonObject[], part: StreamPart): string {
    if (blocks.length === 0) return ''
    if (this.#isBusy()) return this.#wait(part)
    return blocks.map((block) => this.#writeWhole(block)).join('')
  }

  #writeWhole(block: JsonObject): string {
    const before = this.#nextBlock()
    return before + wholeBlock(this.#index, block)
  }

  #startBlock(block: JsonObject): string {
    const before = this.#nextBlock()
    return before + blockStart(this.#index, block)
  }

  /** Makes room for a block: ends the open one, and begins the message if it has not begun. */
  #nextBlock(): string {
    const before = this.#begin() + (this.#open === undefined ? '' : blockStop(this.#index))
    this.#open = undefined
    this.#index += 1
    return before
  }

  /** Whether the open block must come to its end before another one begins. */
  #isBusy(): boolean {
    return this.#open !== undefined && this.#open.kind !== 'text'
  }

  #isWaiting(id: string): boolean {
    return this.#waiting.length > 0 && this.#waiting.some((part) => 'id' in part && part.id === id)
  }

  #wait(part: StreamPart): string {
    this.#waiting.push(part)
    return ''
  }

  /** Ends the open block, and tells what has waited for that. */
  #close(): string {
    if (this.#open === undefined) return ''
    const stop = blockStop(this.#index)
    this.#open = undefined
    return stop + this.#resume()
  }

  /** What waited, in its order, up to the next block that has not come to its end. */
  #resume(): string {
    if (this.#waiting.length === 0) return ''
    const waiting = this.#waiting
    this.#waiting = []
    return waiting.map((part) => this.#encode(part)).join('')
  }

  #begin(): string {
    if (this.#begun) return ''
    this.#begun = true
    const start = this.#start
    const message = {
      id: start?.id ?? madeId('msg_', this.#context.id),
      type: 'message',
      role: 'assistant',
      model: start?.model ?? this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: encodeUsage(this.#usage ?? {}),
    }
    const rest = ownMembers(start?.extensions)
    return eventText({ type: 'message_start', message: mergeObjects(rest, message) })
  }

  #finish(finish: FinishPart): string {
    const rest = this.#begin() + this.#closeAll()
    this.#over = true
    const {
      stop_details: _,
      context_management,
      input_transformations,
      ...own
    } = ownMembers(finish.extensions)
    const shown = { calls: this.#calls, refusal: this.#refusal }
    const end = eventText({
      type: 'message_delta',
      delta: { ...encodeEnd(finish, shown), ...own },
      usage: encodeUsage(this.#usage ?? {}),
      ...(context_management === undefined ? {} : { context_management }),
      ...(input_transformations === undefined ? {} : { input_transformations }),
    })
    return rest + end + messageStop
  }

  /** Every block is told, also where a backend forgot to end one. */
  #closeAll(): string {
    let text = this.#close()
    while (this.#waiting.length > 0) {
      const count = this.#waiting.length
      text += this.#open === undefined ? this.#resume() : this.#close()
      if (this.#open === undefined && this.#waiting.length >= count) this.#waiting.splice(0, 1)
    }
    return text + this.#close()
  }
}

function citationText(index: number, citation: JsonObject): string {
  return eventText({
    type: 'content_block_delta',
    index,
    delta: { type: 'citations_delta', citation },
  })
}

const messageStop = eventText({ type: 'message_stop' })
