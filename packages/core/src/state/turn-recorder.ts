import type { ReasoningPart } from '../chat/content.ts'
import type { OpaqueState } from '../chat/opaque-state.ts'
import type { StreamPart } from '../chat/stream-part.ts'
import type { KeptReasoning } from './place-reasoning.ts'
import type { KeptCall } from './state-memory.ts'

/** Characters of reasoning that are held for one answer: more than any model thinks between two calls. */
const maxHeld = 256 * 1024

interface OpenReasoning {
  readonly form: ReasoningPart['form']
  readonly pieces: string[]
  readonly after: number
}

/**
 * Watches an answer for state that its tool calls need when they come back with their results: the reasoning before a call
 * (its words too, which providers want unchanged), and the state on the call. Tells each call once.
 */
export class TurnRecorder {
  readonly #keep: (callId: string, kept: KeptCall) => void
  readonly #open = new Map<string, OpenReasoning>()
  /** Blocks that are waiting for the call that they led to. */
  #before: KeptReasoning[] = []
  readonly #calls = new Map<string, { readonly callId: string; readonly before: KeptReasoning[] }>()
  #held = 0
  /** Length of the text since the last call. */
  #said = 0

  constructor(keep: (callId: string, kept: KeptCall) => void) {
    this.#keep = keep
  }

  see(part: StreamPart): void {
    switch (part.type) {
      case 'text-delta':
        this.#said += part.text.length
        return
      case 'reasoning-start':
        this.#open.set(part.id, { form: part.form, pieces: [], after: this.#said })
        return
      case 'reasoning-delta':
        this.#add(part.id, part.text)
        return
      case 'reasoning-end':
        this.#close(part.id, part.state)
        return
      case 'tool-call-start':
        this.#calls.set(part.id, { callId: part.callId, before: this.#before })
        this.#before = []
        this.#said = 0
        return
      case 'tool-call-end':
        this.#tell(part.id, part.state ?? [])
        return
      default:
    }
  }

  #add(id: string, text: string): void {
    this.#held += text.length
    if (this.#held <= maxHeld) this.#open.get(id)?.pieces.push(text)
    else this.#open.clear()
  }

  /** Reasoning without state is of no use to the provider that made it. */
  #close(id: string, state: readonly OpaqueState[] | undefined): void {
    const block = this.#open.get(id)
    this.#open.delete(id)
    if (block === undefined || state === undefined || state.length === 0) return
    const { form, pieces, after } = block
    this.#before.push({ part: { type: 'reasoning', form, text: pieces.join(''), state }, after })
  }

  #tell(id: string, state: readonly OpaqueState[]): void {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    if (call === undefined || (call.before.length === 0 && state.length === 0)) return
    this.#keep(call.callId, { before: call.before, state })
  }
}
