import type { Citation, JsonObject, MediaPart, ProviderPart, StreamPart } from '@jackfield/core'
import { chatName } from '../names.ts'
import {
  type Detail,
  formOf,
  isReadable,
  isSameDetail,
  mergeDetail,
  stateOfDetails,
  textOf,
  withoutText,
} from './reasoning-details.ts'

/** The text or reasoning block that is open; at most one of the two. */
type Open = { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined

/**
 * Gives the flat deltas of this protocol the block structure of stream parts: opens a block with its first delta, and
 * closes it before another one opens. Keeps nothing of the texts.
 */
export class StreamBlocks {
  #parts: StreamPart[] = []
  #open: Open
  #count = 0
  #lastText: string | undefined
  /** What `reasoning_details` said of the open reasoning block, text aside. */
  #details: Detail[] = []
  /** Whether anything but the start has come. */
  touched = false

  /** The parts since the last call. */
  take(): StreamPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  add(part: StreamPart): void {
    this.#parts.push(part)
  }

  nextId(prefix: string): string {
    const id = `${prefix}${this.#count}`
    this.#count += 1
    return id
  }

  text(text: string, logprobs?: JsonObject): void {
    if (text === '') return
    const id = this.#open?.kind === 'text' ? this.#open.id : this.#start('text', 'raw')
    if (logprobs === undefined) this.#parts.push({ type: 'text-delta', id, text })
    else {
      const own = { dialect: chatName, value: logprobs }
      this.#parts.push({ type: 'text-delta', id, text, logprobs: own })
    }
  }

  reasoning(text: string, form: 'summary' | 'raw' = 'raw'): void {
    if (text === '') return
    const id = this.#open?.kind === 'reasoning' ? this.#open.id : this.#start('reasoning', form)
    this.#parts.push({ type: 'reasoning-delta', id, text })
  }

  /** One entry of `reasoning_details`. Another readable entry is another block; the rest belongs to the open one. */
  detail(detail: Detail): void {
    const form = formOf(detail)
    const known = this.#open?.kind === 'reasoning' ? this.#details : []
    const index = known.findIndex((item) => isSameDetail(item, detail))
    const same = known[index]
    const isNew = isReadable(detail) && same === undefined && known.some(isReadable)
    if (isNew || this.#open?.kind !== 'reasoning') this.#start('reasoning', form)
    if (same !== undefined && !isNew) this.#details[index] = mergeDetail(same, detail)
    else this.#details.push(withoutText(detail))
    if (isReadable(detail)) this.reasoning(textOf(detail), form)
  }

  refusal(text: string): void {
    if (text === '') return
    this.close()
    this.touched = true
    this.#parts.push({ type: 'refusal', text })
  }

  source(citation: Citation): void {
    const id = this.#lastText
    this.#parts.push({ type: 'source', citation, ...(id === undefined ? {} : { id }) })
  }

  /** A part that comes whole. */
  whole(part: MediaPart | ProviderPart): void {
    this.close()
    this.touched = true
    this.#parts.push(
      part.type === 'provider' ? { type: 'provider', part } : { type: 'file', file: part },
    )
  }

  /** Closes the open text or reasoning block, if there is one. */
  close(): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    const state = open.kind === 'reasoning' ? stateOfDetails(this.#details) : []
    this.#details = []
    const end = open.kind === 'reasoning' ? 'reasoning-end' : 'text-end'
    this.#parts.push({ type: end, id: open.id, ...(state.length === 0 ? {} : { state }) })
  }

  #start(kind: 'text' | 'reasoning', form: 'summary' | 'raw'): string {
    this.close()
    this.touched = true
    const id = this.nextId(kind === 'text' ? 't' : 'r')
    this.#open = { kind, id }
    if (kind === 'text') this.#lastText = id
    this.#parts.push(
      kind === 'text' ? { type: 'text-start', id } : { type: 'reasoning-start', id, form },
    )
    return id
  }
}
