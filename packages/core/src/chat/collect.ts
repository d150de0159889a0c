import { GatewayError } from '../errors/gateway-error.ts'
import type { AssistantPart, Citation, MediaPart } from './content.ts'
import type { Finish } from './finish-reason.ts'
import type { OpaqueState } from './opaque-state.ts'
import type { ChatResponse } from './response.ts'
import type {
  FilePart,
  ProviderStreamPart,
  ReasoningStart,
  RefusalDelta,
  SourcePart,
  StartPart,
  StreamPart,
  TextStart,
  ToolCallStart,
} from './stream-part.ts'
import type { Usage } from './usage.ts'

type BlockStart = TextStart | ReasoningStart | ToolCallStart

/** A text, reasoning or tool-call block: what began it and what has come of it. */
interface Block {
  readonly start: BlockStart
  readonly pieces: string[]
  readonly citations: Citation[]
  state: readonly OpaqueState[]
  open: boolean
}

/** What every part counts for besides its text: the memory that keeping it takes. */
const partSize = 64

/** Puts the parts of a stream together to the answer that they describe. */
export class Collector {
  readonly #content: (Block | AssistantPart)[] = []
  readonly #blocks = new Map<string, Block>()
  #lastText: Block | undefined
  #start: StartPart | undefined
  #usage: Usage | undefined
  #response: ChatResponse | undefined
  /** UTF-16 code units collected so far, and something for every part, so that the owner can bound them. */
  size = 0

  /** The answer, once `finish` came. */
  get response(): ChatResponse | undefined {
    return this.#response
  }

  /** Throws the error of an `error` part, and `upstream_invalid_response` for parts of blocks that are not open. */
  push(parts: readonly StreamPart[]): void {
    this.size += parts.length * partSize
    for (const part of parts) this.#add(part)
  }

  #add(part: StreamPart): void {
    switch (part.type) {
      case 'start':
        this.#start = part
        return
      case 'usage':
        this.#usage = part.usage
        return
      case 'error':
        throw part.error
      case 'finish': {
        const { type: _, ...finish } = part
        this.#response = this.#assemble(finish)
        return
      }
      case 'refusal':
      case 'source':
      case 'file':
      case 'provider':
        this.#addLoose(part)
        return
      default:
        this.#addToBlock(part)
    }
  }

  #addToBlock(
    part: Exclude<
      StreamPart,
      { type: 'start' | 'usage' | 'error' | 'finish' | 'refusal' | 'source' | 'file' | 'provider' }
    >,
  ): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-call-start':
        this.#open(part)
        break
      case 'text-delta':
      case 'reasoning-delta':
        this.#append(part.id, part.text)
        break
      case 'tool-call-delta':
        this.#append(part.id, part.arguments)
        break
      case 'text-end':
      case 'reasoning-end':
      case 'tool-call-end': {
        const block = this.#openBlock(part.id, 'ended')
        block.state = part.state ?? []
        block.open = false
        this.size += sizeOf(part.state)
        break
      }
      default:
        part satisfies never
    }
  }

  #addLoose(part: RefusalDelta | SourcePart | FilePart | ProviderStreamPart): void {
    switch (part.type) {
      case 'refusal':
        this.#refuse(part.text)
        break
      case 'source':
        this.#cite(part)
        break
      case 'file':
        this.#content.push(part.file)
        this.size += sizeOfMedia(part.file)
        break
      case 'provider':
        this.#content.push(part.part)
        this.size += sizeOf(part.part)
        break
      default:
        part satisfies never
    }
  }

  #open(start: BlockStart): void {
    if (this.#blocks.has(start.id)) throw brokenBlock(start.id, 'started twice')
    const block: Block = { start, pieces: [], citations: [], state: [], open: true }
    this.#blocks.set(start.id, block)
    this.#content.push(block)
    if (start.type === 'text-start') this.#lastText = block
    if (start.type === 'tool-call-start') this.size += start.name.length + start.callId.length
  }

  #append(id: string, text: string): void {
    this.#openBlock(id, 'continued').pieces.push(text)
    this.size += text.length
  }

  #openBlock(id: string, verb: string): Block {
    const block = this.#blocks.get(id)
    if (block?.open === true) return block
    throw brokenBlock(id, `${verb} although it was not open`)
  }

  #refuse(text: string): void {
    this.size += text.length
    const last = this.#content.at(-1)
    if (last !== undefined && 'type' in last && last.type === 'refusal') {
      this.#content[this.#content.length - 1] = { type: 'refusal', text: last.text + text }
    } else {
      this.#content.push({ type: 'refusal', text })
    }
  }

  /** A citation without a block belongs to the open text, or to the last one. */
  #cite({ id, citation }: SourcePart): void {
    const block = id === undefined ? this.#lastText : this.#blocks.get(id)
    block?.citations.push(citation)
    this.size += sizeOf(citation)
  }

  #assemble(finish: Finish): ChatResponse {
    const { type: _, ...start } = this.#start ?? { type: 'start' }
    return {
      ...start,
      content: this.#content.map((item) => ('pieces' in item ? partOf(item) : item)),
      finish,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    }
  }
}

function partOf({ start, pieces, citations, state }: Block): AssistantPart {
  const text = pieces.join('')
  const carried = state.length > 0 ? { state } : {}
  switch (start.type) {
    case 'text-start':
      return { type: 'text', text, ...(citations.length > 0 ? { citations } : {}), ...carried }
    case 'reasoning-start':
      return { type: 'reasoning', text, form: start.form, ...carried }
    case 'tool-call-start': {
      const { callId, name, kind, extensions } = start
      const own = extensions === undefined ? {} : { extensions }
      return { type: 'tool-call', callId, name, kind, arguments: text, ...carried, ...own }
    }
    default:
      return start satisfies never
  }
}

/** Media are large: they are measured without a copy. */
function sizeOfMedia({ source, transcript = '', state }: MediaPart): number {
  const besides = transcript.length + sizeOf(state)
  switch (source.kind) {
    case 'base64':
      return besides + source.data.length
    case 'text':
      return besides + source.text.length
    default:
      return besides + sizeOf(source)
  }
}

/** What a part holds that is not a text: rare, and now and then large (signatures, encrypted content, raw citations). */
function sizeOf(value: object | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length
}

function brokenBlock(id: string, problem: string): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `A block of the backend’s answer ("${id}") was ${problem}.`,
  )
}
