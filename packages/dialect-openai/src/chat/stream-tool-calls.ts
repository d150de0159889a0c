import {
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OpaqueState,
} from '@jackfield/core'
import type { StreamBlocks } from '@jackfield/dialect-kit'
import { argumentText, callBody, thoughtState } from './decode-tool-calls.ts'

interface Slot {
  /** Block id, once the call has started. */
  block?: string
  callId: string
  name: string
  kind: 'function' | 'custom'
  /** Argument text that came before the name. */
  early: string
  state?: readonly OpaqueState[]
}

/**
 * Puts the deltas of tool calls together that belong together. `index` says so; where it is missing (Mistral, some servers)
 * the id does, and where that is missing too, the place in the array. Names come once and are never concatenated.
 */
export class StreamToolCalls {
  readonly #blocks: StreamBlocks
  readonly #callId: (index: number) => string
  readonly #slots: Slot[] = []
  readonly #byIndex = new Map<number, Slot>()
  readonly #byId = new Map<string, Slot>()

  constructor(blocks: StreamBlocks, callId: (index: number) => string) {
    this.#blocks = blocks
    this.#callId = callId
  }

  /** Whether a call has started. */
  get any(): boolean {
    return this.#slots.some((slot) => slot.block !== undefined)
  }

  push(deltas: JsonValue | undefined): void {
    if (!Array.isArray(deltas)) return
    for (const [position, delta] of deltas.entries()) {
      if (isJsonObject(delta)) this.#pushOne(delta, position, deltas.length)
    }
  }

  /** Ends all calls. Throws where one has arguments but no name: nobody could run it. */
  close(): void {
    for (const slot of this.#slots) {
      if (slot.block !== undefined) {
        const state = slot.state === undefined ? {} : { state: slot.state }
        this.#blocks.add({ type: 'tool-call-end', id: slot.block, ...state })
      } else if (slot.early !== '') {
        throw new GatewayError(
          'upstream_invalid_response',
          'The provider sent a tool call without a name.',
        )
      }
    }
  }

  #pushOne(delta: JsonObject, position: number, count: number): void {
    const slot = this.#slotOf(delta, position, count)
    const { kind, body } = callBody(delta)
    const { name } = body
    if (slot.block === undefined) {
      slot.kind = kind
      if (typeof name === 'string') slot.name = name
    }
    const { state } = thoughtState(delta)
    if (state !== undefined) slot.state = state
    const text = argumentText(slot.kind === 'custom' ? body['input'] : body['arguments'])
    if (slot.block === undefined && slot.name !== '') this.#start(slot)
    if (slot.block === undefined) slot.early += text
    else this.#continue(slot.block, text)
  }

  #start(slot: Slot): void {
    this.#blocks.close()
    this.#blocks.touched = true
    const id = this.#blocks.nextId('c')
    slot.block = id
    const { callId, name, kind, early } = slot
    this.#blocks.add({ type: 'tool-call-start', id, callId, name, kind })
    slot.early = ''
    this.#continue(id, early)
  }

  #continue(id: string, text: string): void {
    if (text !== '') this.#blocks.add({ type: 'tool-call-delta', id, arguments: text })
  }

  #slotOf(delta: JsonObject, position: number, count: number): Slot {
    const { index } = delta
    const id = idOf(delta)
    const known =
      typeof index === 'number'
        ? this.#byIndex.get(index)
        : this.#withoutIndex(delta, id, { position, count })
    const slot = known ?? this.#open(id)
    if (typeof index === 'number') this.#byIndex.set(index, slot)
    if (id !== undefined) this.#byId.set(id, slot)
    return slot
  }

  #withoutIndex(
    delta: JsonObject,
    id: string | undefined,
    place: { readonly position: number; readonly count: number },
  ): Slot | undefined {
    if (id !== undefined) return this.#byId.get(id)
    if (place.count > 1) return this.#slots[place.position]
    const { name } = callBody(delta).body
    return typeof name === 'string' && name !== '' ? undefined : this.#slots.at(-1)
  }

  #open(id: string | undefined): Slot {
    const callId = id ?? this.#callId(this.#slots.length)
    const slot: Slot = { callId, name: '', kind: 'function', early: '' }
    this.#slots.push(slot)
    return slot
  }
}

function idOf({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined
}
