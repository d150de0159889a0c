import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OpaqueState,
  type StreamPart,
} from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'
import { decodeCitation, decodeCitations } from './citations.ts'
import { argumentText, callExtensions, decodeUserBlock, providerPart } from './decode-block.ts'
import { asState, statesIn } from './reasoning-state.ts'

interface TextBlock {
  readonly kind: 'text'
  readonly id: string
  isShown: boolean
}

interface ThinkingBlock {
  readonly kind: 'thinking'
  readonly id: string
  isShown: boolean
  signature: JsonValue | undefined
}

interface CallBlock {
  readonly kind: 'call'
  readonly id: string
  readonly input: JsonValue | undefined
  isFilled: boolean
}

/** A block that only this dialect has: told whole, once it has come. */
interface HeldBlock {
  readonly kind: 'held'
  value: Record<string, JsonValue>
  json: string
}

type Block = TextBlock | ThinkingBlock | CallBlock | HeldBlock

/** The blocks of one streamed answer as parts. Blocks are told by their index; one that was never begun begins with its first delta. */
export class StreamContent {
  #parts: StreamPart[] = []
  readonly #open = new Map<number, Block>()
  readonly #callIds = new Set<string>()
  #count = 0

  /** The parts since the last call. */
  take(): StreamPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  add(part: StreamPart): void {
    this.#parts.push(part)
  }

  /** Whether tools have been called. */
  get hasCalls(): boolean {
    return this.#callIds.size > 0
  }

  /** A block that came whole with the message. */
  whole(block: JsonObject): void {
    this.start(-1, block)
    this.stop(-1)
  }

  start(index: number, block: JsonObject): void {
    this.#closeTexts()
    this.stop(index)
    const opened = this.#openBlock(block)
    if (opened === undefined) return
    this.#open.set(index, opened)
    if (opened.kind === 'text') this.#startText(opened, block)
    else if (opened.kind === 'thinking') this.#think(opened, block['thinking'])
  }

  delta(index: number, delta: JsonObject): void {
    const block = this.#open.get(index) ?? this.#implied(index, delta['type'])
    if (block === undefined) return
    switch (block.kind) {
      case 'text':
        this.#textDelta(block, delta)
        return
      case 'thinking':
        this.#think(block, delta['thinking'])
        if (typeof delta['signature'] === 'string') block.signature = delta['signature']
        return
      case 'call':
        this.#callDelta(block, delta['partial_json'])
        return
      case 'held':
        hold(block, delta)
        return
      default:
        block satisfies never
    }
  }

  stop(index: number): void {
    const block = this.#open.get(index)
    if (block === undefined) return
    this.#open.delete(index)
    switch (block.kind) {
      case 'text':
        if (block.isShown) this.#parts.push({ type: 'text-end', id: block.id })
        return
      case 'thinking':
        this.#endThinking(block, statesIn('signature', block.signature, 'provider'))
        return
      case 'call':
        this.#endCall(block)
        return
      case 'held':
        this.#parts.push({ type: 'provider', part: providerPart(wholeBlock(block)) })
        return
      default:
        block satisfies never
    }
  }

  /** Ends what the provider left open. */
  close(): void {
    for (const index of [...this.#open.keys()]) this.stop(index)
  }

  /** Texts and thoughts stand one after the other, whatever a provider sends. */
  #closeTexts(): void {
    for (const [index, { kind }] of [...this.#open]) {
      if (kind === 'text' || kind === 'thinking') this.stop(index)
    }
  }

  #openBlock(block: JsonObject): Block | undefined {
    switch (block['type']) {
      case 'text':
        return { kind: 'text', id: this.#nextId('text'), isShown: false }
      case 'thinking':
        return {
          kind: 'thinking',
          id: this.#nextId('reasoning'),
          isShown: false,
          signature: block['signature'],
        }
      case 'redacted_thinking':
        this.#redacted(block)
        return undefined
      case 'tool_use':
        return this.#call(block)
      default:
        return this.#other(block)
    }
  }

  #other(block: JsonObject): Block | undefined {
    const part = decodeUserBlock(block)
    if (part?.type !== 'image' && part?.type !== 'file') {
      return { kind: 'held', value: { ...block }, json: '' }
    }
    this.#parts.push({ type: 'file', file: part })
    return undefined
  }

  #nextId(prefix: string): string {
    const id = `${prefix}_${this.#count}`
    this.#count += 1
    return id
  }

  #implied(index: number, type: JsonValue | undefined): Block | undefined {
    const kind = type === 'text_delta' ? 'text' : type === 'thinking_delta' ? 'thinking' : undefined
    if (kind === undefined) return undefined
    this.start(index, { type: kind })
    return this.#open.get(index)
  }

  #startText(block: TextBlock, wire: JsonObject): void {
    this.#text(block, wire['text'])
    for (const citation of decodeCitations(wire['citations'])) {
      this.#show(block)
      this.#parts.push({ type: 'source', id: block.id, citation })
    }
  }

  #textDelta(block: TextBlock, delta: JsonObject): void {
    this.#text(block, delta['text'])
    const { citation } = delta
    if (!isJsonObject(citation)) return
    this.#show(block)
    this.#parts.push({ type: 'source', id: block.id, citation: decodeCitation(citation) })
  }

  #text(block: TextBlock, text: JsonValue | undefined): void {
    if (typeof text !== 'string' || text === '') return
    this.#show(block)
    this.#parts.push({ type: 'text-delta', id: block.id, text })
  }

  #show(block: TextBlock): void {
    if (block.isShown) return
    block.isShown = true
    this.#parts.push({ type: 'text-start', id: block.id })
  }

  #think(block: ThinkingBlock, text: JsonValue | undefined): void {
    if (typeof text !== 'string' || text === '') return
    this.#showThinking(block)
    this.#parts.push({ type: 'reasoning-delta', id: block.id, text })
  }

  #showThinking(block: ThinkingBlock): void {
    if (block.isShown) return
    block.isShown = true
    this.#parts.push({ type: 'reasoning-start', id: block.id, form: 'summary' })
  }

  #endThinking(block: ThinkingBlock, states: readonly OpaqueState[]): void {
    if (!block.isShown && states.length === 0) return
    this.#showThinking(block)
    this.#parts.push({ type: 'reasoning-end', id: block.id, ...asState(states) })
  }

  #redacted(block: JsonObject): void {
    const states = statesIn('redacted-thinking', block['data'], 'provider')
    if (states.length === 0) return
    const id = this.#nextId('reasoning')
    this.#parts.push(
      { type: 'reasoning-start', id, form: 'summary' },
      { type: 'reasoning-end', id, state: states },
    )
  }

  /** A call that the message brought along already is not told twice. */
  #call(block: JsonObject): Block | undefined {
    const { id: callId, name, input } = block
    if (typeof callId !== 'string' || typeof name !== 'string') {
      return { kind: 'held', value: { ...block }, json: '' }
    }
    if (this.#callIds.has(callId)) return undefined
    this.#callIds.add(callId)
    const id = this.#nextId('call')
    this.#parts.push({
      type: 'tool-call-start',
      id,
      callId,
      name,
      kind: 'function',
      ...callExtensions(block),
    })
    return { kind: 'call', id, input, isFilled: false }
  }

  #callDelta(block: CallBlock, piece: JsonValue | undefined): void {
    if (typeof piece !== 'string' || piece === '') return
    block.isFilled = true
    this.#parts.push({ type: 'tool-call-delta', id: block.id, arguments: piece })
  }

  /** Arguments that did not come in pieces stand in the start of the block. */
  #endCall(block: CallBlock): void {
    if (!block.isFilled) this.#callDelta(block, argumentText(block.input))
    this.#parts.push({ type: 'tool-call-end', id: block.id })
  }
}

function hold(block: HeldBlock, delta: JsonObject): void {
  const { type, partial_json: piece, ...members } = delta
  if (typeof piece === 'string') block.json += piece
  if (type === 'text_delta') {
    block.value['text'] = `${String(block.value['text'] ?? '')}${String(members['text'] ?? '')}`
  } else if (type === 'compaction_delta') Object.assign(block.value, members)
}

/** Arguments that came in pieces are parsed; what cannot be is kept out, as the start said nothing of it. */
function wholeBlock({ value, json }: HeldBlock): JsonObject {
  const input = json === '' ? undefined : parseJson(json)
  return input === undefined ? value : { ...value, input }
}
