import type { ReasoningPart, StreamPart, ToolCallPart, Usage } from '@jackfield/core'

/** What a made-up model says, piece by piece. Blocks are made of neighbours of one kind. */
export type Said =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly sealed: NonNullable<ReasoningPart['state']> }
  | { readonly call: string; readonly state?: NonNullable<ToolCallPart['state']> }
  | { readonly refusal: string }
  | { readonly usage: Usage }
  | { readonly end: 'stop' | 'length' | 'tool-calls' }

/** The parts of an answer, one batch per piece. */
export function* batchesOf(pieces: readonly Said[]): Generator<readonly StreamPart[]> {
  const writer = new Writer()
  yield [{ type: 'start', id: 'answer-1', model: 'made-up' }]
  for (const piece of pieces) yield writer.write(piece)
}

/** The parts of an answer. */
export function partsOf(...pieces: readonly Said[]): readonly StreamPart[] {
  return [...batchesOf(pieces)].flat()
}

class Writer {
  #open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined
  #blocks = 0

  write(piece: Said): readonly StreamPart[] {
    if ('text' in piece) {
      const [id, parts] = this.#within('text')
      return [...parts, { type: 'text-delta', id, text: piece.text }]
    }
    if ('reasoning' in piece) {
      const [id, parts] = this.#within('reasoning')
      return [...parts, { type: 'reasoning-delta', id, text: piece.reasoning }]
    }
    return [...this.#close(), ...this.#whole(piece)]
  }

  #whole(piece: Exclude<Said, { readonly text: string } | { readonly reasoning: string }>) {
    if ('refusal' in piece) return [{ type: 'refusal', text: piece.refusal }] as const
    if ('usage' in piece) return [{ type: 'usage', usage: piece.usage }] as const
    if ('end' in piece) return [{ type: 'finish', reason: piece.end }] as const
    const id = this.#next()
    if ('sealed' in piece) {
      return [
        { type: 'reasoning-start', id, form: 'raw' },
        { type: 'reasoning-end', id, state: piece.sealed },
      ] as const
    }
    const { call: name, state } = piece
    return [
      { type: 'tool-call-start', id, callId: `call-${name}`, name, kind: 'function' },
      { type: 'tool-call-delta', id, arguments: '{"place":"<think>x</think>"}' },
      { type: 'tool-call-end', id, ...(state === undefined ? {} : { state }) },
    ] as const
  }

  #within(kind: 'text' | 'reasoning'): readonly [string, readonly StreamPart[]] {
    if (this.#open?.kind === kind) return [this.#open.id, []]
    const before = this.#close()
    const id = this.#next()
    this.#open = { kind, id }
    const start: StreamPart =
      kind === 'text' ? { type: 'text-start', id } : { type: 'reasoning-start', id, form: 'raw' }
    return [id, [...before, start]]
  }

  #close(): readonly StreamPart[] {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return []
    return [{ type: open.kind === 'text' ? 'text-end' : 'reasoning-end', id: open.id }]
  }

  #next(): string {
    this.#blocks += 1
    return `b${this.#blocks}`
  }
}
