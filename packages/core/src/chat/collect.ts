import { GatewayError } from '../errors/gateway-error.ts'
import type { AssistantPart, Citation, Extensions } from './content.ts'
import type { OpaqueState } from './opaque-state.ts'
import type { ChatResponse } from './response.ts'
import type { StartPart, StreamPart } from './stream-part.ts'
import type { Usage } from './usage.ts'

interface OpenBlock {
  readonly index: number
  readonly pieces: string[]
  readonly finish: (text: string, state: readonly OpaqueState[]) => AssistantPart
}

/** Puts the parts of a stream together to the answer that they describe. */
export class Collector {
  readonly #content: (AssistantPart | undefined)[] = []
  readonly #blocks = new Map<string, OpenBlock>()
  readonly #citations = new Map<string, Citation[]>()
  #start: StartPart | undefined
  #usage: Usage | undefined
  #response: ChatResponse | undefined
  /** UTF-16 code units collected so far, so that the owner can bound them. */
  size = 0

  /** The answer, once `finish` came. */
  get response(): ChatResponse | undefined {
    return this.#response
  }

  /** Throws the error of an `error` part. */
  push(parts: readonly StreamPart[]): void {
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
      case 'finish':
        this.#finish(part)
        return
      default:
        this.#addContent(part)
    }
  }

  #addContent(part: Exclude<StreamPart, { type: 'start' | 'usage' | 'error' | 'finish' }>): void {
    switch (part.type) {
      case 'text-start':
        this.#open(part.id, (text, state) => this.#text(part.id, text, state))
        break
      case 'reasoning-start':
        this.#open(part.id, (text, state) => ({
          type: 'reasoning',
          text,
          form: part.form,
          ...(state.length > 0 ? { state } : {}),
        }))
        break
      case 'tool-call-start':
        this.#open(part.id, (text, state) => ({
          type: 'tool-call',
          callId: part.callId,
          name: part.name,
          kind: part.kind,
          arguments: text,
          ...(state.length > 0 ? { state } : {}),
        }))
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
      case 'tool-call-end':
        this.#close(part.id, part.state ?? [])
        break
      default:
        this.#addLoose(part)
    }
  }

  #addLoose(part: Extract<StreamPart, { type: 'refusal' | 'source' | 'file' | 'provider' }>): void {
    switch (part.type) {
      case 'refusal':
        this.#refuse(part.text)
        break
      case 'source':
        this.#cite(part.id ?? '', part.citation)
        break
      case 'file':
        this.#content.push(part.file)
        break
      case 'provider':
        this.#content.push(part.part)
        break
      default:
        part satisfies never
    }
  }

  #open(id: string, finish: OpenBlock['finish']): void {
    this.#blocks.set(id, { index: this.#content.length, pieces: [], finish })
    this.#content.push(undefined)
  }

  #append(id: string, text: string): void {
    const block = this.#blocks.get(id)
    if (block === undefined) throw brokenBlock(id, 'continued')
    block.pieces.push(text)
    this.size += text.length
  }

  #close(id: string, state: readonly OpaqueState[]): void {
    const block = this.#blocks.get(id)
    if (block === undefined) throw brokenBlock(id, 'ended')
    this.#blocks.delete(id)
    this.#content[block.index] = block.finish(block.pieces.join(''), state)
  }

  #refuse(text: string): void {
    const last = this.#content.at(-1)
    if (last?.type === 'refusal') {
      this.#content[this.#content.length - 1] = { type: 'refusal', text: last.text + text }
    } else {
      this.#content.push({ type: 'refusal', text })
    }
  }

  #cite(id: string, citation: Citation): void {
    const list = this.#citations.get(id) ?? []
    this.#citations.set(id, list)
    list.push(citation)
  }

  #text(id: string, text: string, state: readonly OpaqueState[]): AssistantPart {
    const citations = this.#citations.get(id)
    return {
      type: 'text',
      text,
      ...(citations === undefined ? {} : { citations }),
      ...(state.length > 0 ? { state } : {}),
    }
  }

  #finish(part: Extract<StreamPart, { type: 'finish' }>): void {
    for (const id of [...this.#blocks.keys()]) this.#close(id, [])
    const { type: _, ...finish } = part
    const start: { id?: string; model?: string; created?: number; extensions?: Extensions } = {
      ...this.#start,
    }
    this.#response = {
      ...(start.id === undefined ? {} : { id: start.id }),
      ...(start.model === undefined ? {} : { model: start.model }),
      ...(start.created === undefined ? {} : { created: start.created }),
      ...(start.extensions === undefined ? {} : { extensions: start.extensions }),
      content: this.#content.filter((item) => item !== undefined),
      finish,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    }
  }
}

function brokenBlock(id: string, verb: string): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `The backend’s answer ${verb} a block "${id}" that it never started.`,
  )
}
