import {
  type Citation,
  type EncodeContext,
  type FilePart,
  isJsonObject,
  type ReasoningEnd,
  type StartPart,
  type StreamEncoder,
  type StreamPart,
  type TextDelta,
  type ToolCallStart,
  type Usage,
} from '@jackfield/core'
import { errorObject } from '../errors/encode-error.ts'
import { chatName } from '../names.ts'
import { encodeCitation } from './citations.ts'
import { encodeAudio, encodeImage } from './encode-response.ts'
import { detailsOfState } from './reasoning-details.ts'
import { ChunkWriter, chatChunks, done } from './stream-chunk.ts'

const nothing = new Uint8Array(0)

/**
 * Parts of one answer to chunks. The role goes out with the first piece that clients can see, in the same write. A broken answer
 * ends with an `error` chunk and without `[DONE]`: the official SDKs raise at the chunk, and clients that only wait for `[DONE]`
 * must not take the break for an end.
 */
export class ChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  readonly #calls = new Map<string, { readonly index: number; readonly custom: boolean }>()
  #start: StartPart | undefined
  #writer: ChunkWriter | undefined
  #usage: Usage | undefined
  /** Length of all texts so far: citations count from the start of the content. */
  #textLength = 0
  #blockStart = 0
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
        return this.#text(part)
      case 'reasoning-delta':
        return part.text === ''
          ? ''
          : this.#raw(`{"reasoning_content":${JSON.stringify(part.text)}}`, 'null')
      case 'tool-call-delta':
        return this.#arguments(part.id, part.arguments)
      case 'tool-call-start':
        return this.#call(part)
      case 'finish':
        return this.#finish(part)
      case 'error':
        this.#over = true
        return `data: ${JSON.stringify({ error: errorObject(part.error) })}\n\n`
      default:
        return this.#encodeRare(part)
    }
  }

  #encodeRare(part: Exclude<StreamPart, { type: 'finish' | 'error' }>): string {
    switch (part.type) {
      case 'start':
        this.#start ??= part
        return ''
      case 'text-start':
        this.#blockStart = this.#textLength
        return ''
      case 'usage':
        this.#usage = part.usage
        return ''
      case 'refusal':
        return part.text === '' ? '' : this.#raw(`{"refusal":${JSON.stringify(part.text)}}`, 'null')
      case 'reasoning-end':
        return this.#details(part)
      case 'source':
        return this.#source(part.citation)
      case 'file':
        return this.#file(part)
      case 'provider':
        return this.#provider(part)
      default:
        return ''
    }
  }

  #text({ text, logprobs }: TextDelta): string {
    if (text === '') return ''
    this.#textLength += text.length
    const content = JSON.stringify(text)
    if (logprobs?.dialect !== chatName || !isJsonObject(logprobs.value)) {
      return this.#raw(`{"content":${content}}`, '""')
    }
    const role = this.#withRole('""')
    return role + this.#chunks().likely(`{"content":${content}}`, logprobs.value)
  }

  #call({ id, callId, name, kind }: ToolCallStart): string {
    const index = this.#calls.size
    const custom = kind === 'custom'
    this.#calls.set(id, { index, custom })
    const body = custom
      ? { type: 'custom', custom: { name, input: '' } }
      : { type: 'function', function: { name, arguments: '' } }
    return this.#raw(JSON.stringify({ tool_calls: [{ index, id: callId, ...body }] }), 'null')
  }

  #arguments(id: string, text: string): string {
    const call = this.#calls.get(id)
    if (call === undefined || text === '') return ''
    const piece = JSON.stringify(text)
    const body = call.custom ? `"custom":{"input":${piece}}` : `"function":{"arguments":${piece}}`
    return this.#raw(`{"tool_calls":[{"index":${call.index},${body}}]}`, 'null')
  }

  /** What the provider wants to see again goes to the client whole, behind the reasoning's text. */
  #details({ state }: ReasoningEnd): string {
    const details = detailsOfState(state)
    return details.length === 0
      ? ''
      : this.#raw(JSON.stringify({ reasoning_details: details }), 'null')
  }

  #source(citation: Citation): string {
    const place = { start: this.#blockStart, length: this.#textLength - this.#blockStart }
    const annotation = encodeCitation(citation, place)
    return annotation === undefined
      ? ''
      : this.#raw(JSON.stringify({ annotations: [annotation] }), '""')
  }

  #file({ file }: FilePart): string {
    const images = file.type === 'image' ? encodeImage(file) : []
    const delta = file.type === 'audio' ? encodeAudio(file) : images.length > 0 ? { images } : {}
    return Object.keys(delta).length === 0 ? '' : this.#raw(JSON.stringify(delta), 'null')
  }

  /** Pieces of speech; nothing else of this dialect's own has a place in a delta. */
  #provider({ part }: Extract<StreamPart, { type: 'provider' }>): string {
    if (part.dialect !== chatName || !isJsonObject(part.value)) return ''
    const { audio } = part.value
    return isJsonObject(audio) ? this.#raw(JSON.stringify({ audio }), 'null') : ''
  }

  #finish(finish: Extract<StreamPart, { type: 'finish' }>): string {
    this.#over = true
    const role = this.#withRole('""')
    const usage =
      this.#context.includeUsage && this.#usage !== undefined
        ? this.#chunks().usage(this.#usage)
        : ''
    return `${role}${this.#chunks().finish(finish)}${usage}${done}`
  }

  /** A chunk with this delta, behind the one with the role if it is the first. */
  #raw(delta: string, content: '""' | 'null'): string {
    return this.#withRole(content) + this.#chunks().delta(delta)
  }

  /** The role chunk once. `content` is what OpenAI puts beside it: null before anything but text. */
  #withRole(content: '""' | 'null'): string {
    if (this.#writer !== undefined) return ''
    return this.#chunks().delta(`{"role":"assistant","content":${content},"refusal":null}`)
  }

  #chunks(): ChunkWriter {
    this.#writer ??= new ChunkWriter(chatChunks, this.#context, this.#start)
    return this.#writer
  }
}
