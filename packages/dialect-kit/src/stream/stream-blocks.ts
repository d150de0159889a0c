import type { Citation, MediaPart, OpaqueState, ProviderPart, StreamPart } from '@jackfield/core'

/** Kinds of blocks of which at most one is open at a time. */
export type BlockKind = 'text' | 'reasoning'

type TextLogprobs = Extract<StreamPart, { readonly type: 'text-delta' }>['logprobs']

export interface StreamBlocksOptions {
  /** State that a protocol collected for the block that closes, behind what was attached. */
  readonly endState?: (kind: BlockKind) => readonly OpaqueState[]
}

/**
 * Gives the flat deltas of a protocol the block structure of stream parts: opens a block with its first delta, and
 * closes it before another one opens. Keeps nothing of the texts.
 */
export class StreamBlocks {
  readonly #endState: (kind: BlockKind) => readonly OpaqueState[]
  #parts: StreamPart[] = []
  #open: { readonly kind: BlockKind; readonly id: string } | undefined
  #state: OpaqueState[] = []
  #count = 0
  #lastText: string | undefined
  /** Whether anything but the start has come. */
  touched = false

  constructor({ endState = () => [] }: StreamBlocksOptions = {}) {
    this.#endState = endState
  }

  /** Kind of the open block. */
  get open(): BlockKind | undefined {
    return this.#open?.kind
  }

  /** The parts since the last call. */
  take(): StreamPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  /** A part that belongs to no block of text or reasoning, as it is. */
  add(part: StreamPart): void {
    this.#parts.push(part)
  }

  nextId(prefix: string): string {
    const id = `${prefix}${this.#count}`
    this.#count += 1
    return id
  }

  text(text: string, logprobs?: TextLogprobs): void {
    if (text === '') return
    const id = this.#open?.kind === 'text' ? this.#open.id : this.#start('text', 'raw')
    this.#parts.push(
      logprobs === undefined
        ? { type: 'text-delta', id, text }
        : { type: 'text-delta', id, text, logprobs },
    )
  }

  reasoning(text: string, form: 'summary' | 'raw' = 'raw'): void {
    if (text === '') return
    const id = this.#open?.kind === 'reasoning' ? this.#open.id : this.#start('reasoning', form)
    this.#parts.push({ type: 'reasoning-delta', id, text })
  }

  /** Opens a reasoning block of its own, also behind another one. */
  startReasoning(form: 'summary' | 'raw'): void {
    this.#start('reasoning', form)
  }

  /** State of the open block of a kind; opens an empty one where there is none, for state may come alone. */
  attach(kind: BlockKind, state: OpaqueState): void {
    if (this.#open?.kind !== kind) this.#start(kind, 'raw')
    this.#state.push(state)
  }

  refusal(text: string): void {
    if (text === '') return
    this.close()
    this.touched = true
    this.#parts.push({ type: 'refusal', text })
  }

  /** A citation of the last text block. */
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
    const state = [...this.#state, ...this.#endState(open.kind)]
    this.#state = []
    const end = open.kind === 'reasoning' ? 'reasoning-end' : 'text-end'
    this.#parts.push({ type: end, id: open.id, ...(state.length === 0 ? {} : { state }) })
  }

  #start(kind: BlockKind, form: 'summary' | 'raw'): string {
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
