import {
  type AssistantMessage,
  type AssistantPart,
  isJsonObject,
  type JsonObject,
  type ReasoningPart,
  type RefusalPart,
  type TextPart,
  type ToolCallPart,
} from '@jackfield/core'
import { legalCallId, mergeObjects } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { ownAnnotations } from './citations.ts'
import { isContentPart } from './decode-content.ts'
import { type CallBook, callIdRule, encodeAside } from './encode-aside.ts'
import { type EncodeState, typeOf, withOwn } from './encode-content.ts'
import { filled, isClientMade, isHosted, typeOfItem } from './item-kinds.ts'
import { nameWithin } from './namespaces.ts'
import { ownState } from './reasoning-state.ts'

type Spoken = TextPart | RefusalPart

/**
 * The items of one turn of the model, without ids that the provider may not know. Reasoning goes before what it led to, and only
 * where something follows it. Calls without a result are answered at the end of the turn.
 */
export function encodeTurn(
  { content }: AssistantMessage,
  state: EncodeState,
  book: CallBook,
): JsonObject[] {
  const turn = new Turn(state, book)
  for (const part of content) turn.add(part)
  return turn.end()
}

class Turn {
  readonly #state: EncodeState
  readonly #book: CallBook
  readonly #items: JsonObject[] = []
  readonly #fillers: JsonObject[] = []
  #spoken: Spoken[] = []
  /** Reasoning that waits for its state, and reasoning that waits for what it led to. */
  #thinking: ReasoningPart[] = []
  #thoughts: JsonObject[] = []

  constructor(state: EncodeState, book: CallBook) {
    this.#state = state
    this.#book = book
  }

  add(part: AssistantPart): void {
    if (part.type === 'reasoning') this.#think(part)
    else this.#act(part)
  }

  end(): JsonObject[] {
    this.#speak()
    return [...this.#items, ...this.#fillers]
  }

  #think(part: ReasoningPart): void {
    this.#speak()
    this.#thinking.push(part)
    if ((part.state?.length ?? 0) > 0) this.#settle()
  }

  #act(part: Exclude<AssistantPart, ReasoningPart>): void {
    if (part.type === 'text' || part.type === 'refusal') {
      if (this.#thinking.length > 0) this.#settle()
      const last = this.#spoken.at(-1)
      if (last !== undefined && phaseOf(last) !== phaseOf(part)) this.#speak()
      if (part.text !== '') this.#spoken.push(part)
      return
    }
    this.#speak()
    this.#settle()
    if (part.type === 'tool-call') this.#call(part)
    else this.#other(part)
  }

  /** The parts of one reasoning item: those up to the one that has the state. */
  #settle(): void {
    const parts = this.#thinking
    this.#thinking = []
    const item = parts.length === 0 ? undefined : encodeReasoning(parts, this.#state)
    if (item === undefined) return
    // Encrypted reasoning is refused unless what it led to follows, so of several only the last can stay.
    if (this.#state.variant.returnReasoning === 'encrypted') this.#thoughts = []
    this.#thoughts.push(item)
  }

  #push(item: JsonObject): void {
    this.#items.push(...this.#thoughts, item)
    this.#thoughts = []
  }

  #speak(): void {
    const parts = this.#spoken
    if (parts.length === 0) return
    this.#spoken = []
    this.#push(encodeMessageItem(parts))
  }

  #call(call: ToolCallPart): void {
    const { kinds, lastResults, place, written } = this.#book
    kinds.set(call.callId, call.kind)
    written.delete(call.callId)
    this.#push(encodeCall(call, this.#state))
    const isAsync = call.extensions?.[responsesName]?.['async'] === true
    if (isAsync || (lastResults.get(call.callId) ?? -1) > place) return
    this.#fillers.push({
      type: call.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
      call_id: legalCallId(call.callId, callIdRule),
      output: 'The tool gave no output.',
    })
  }

  #other(part: Exclude<AssistantPart, ReasoningPart | Spoken | ToolCallPart>): void {
    const item = part.type === 'provider' ? part.value : encodeImageItem(part)
    const { dropped } = this.#state
    if (part.type === 'provider' && isJsonObject(item) && isAside(item)) {
      for (const aside of encodeAside(part, this.#state, this.#book)) this.#push(aside)
      return
    }
    const isOwn =
      part.type !== 'provider' || (part.dialect === responsesName && !isContentPart(part))
    const isKnown = isJsonObject(item) && (!needsState(item) || ownState(part.state) !== undefined)
    if (!isOwn || !isKnown) {
      dropped.add(part.type === 'provider' ? typeOf(part.value) : part.type)
      this.#thoughts = []
      return
    }
    const callId = filled(item['call_id'])
    if (callId !== undefined) this.#book.hosted.add(callId)
    this.#push(item)
  }
}

function isAside(item: JsonObject): boolean {
  return isClientMade(item) || typeOfItem(item) === 'item_reference'
}

/** What only the provider that made it knows: encrypted content, and traces that have an id. */
function needsState(item: JsonObject): boolean {
  return (
    filled(item['encrypted_content']) !== undefined ||
    (isHosted(item) && filled(item['id']) !== undefined)
  )
}

function phaseOf(part: Spoken): unknown {
  return part.extensions?.[responsesName]?.['phase']
}

/** A string where one text says it all; in parts the text of an assistant is `output_text`. */
function encodeMessageItem(parts: readonly Spoken[]): JsonObject {
  const [first, second] = parts
  const phase = first?.extensions?.[responsesName]?.['phase']
  const shown = typeof phase === 'string' ? { phase } : {}
  const content = parts.map(encodeSpoken)
  const only = second === undefined ? content[0] : undefined
  const isPlain = only?.['type'] === 'output_text' && Object.keys(only).length === 2
  return { role: 'assistant', content: isPlain ? (only['text'] ?? '') : content, ...shown }
}

/** Log probabilities are nothing that a provider is told. */
function encodeSpoken(part: Spoken): JsonObject {
  if (part.type === 'refusal') return { type: 'refusal', refusal: part.text }
  const annotations = ownAnnotations(part.citations)
  return {
    type: 'output_text',
    text: part.text,
    ...(annotations.length === 0 ? {} : { annotations }),
  }
}

function encodeReasoning(
  parts: readonly ReasoningPart[],
  { variant }: EncodeState,
): JsonObject | undefined {
  const own = parts.map(({ state }) => ownState(state)).find((state) => state !== undefined)
  const texts = (form: ReasoningPart['form']) =>
    parts.filter((part) => part.form === form && part.text !== '').map(({ text }) => text)
  const summary = texts('summary').map((text) => ({ type: 'summary_text', text }))
  const content = texts('raw').map((text) => ({ type: 'reasoning_text', text }))
  const isReadable = summary.length + content.length > 0
  if (own === undefined && (variant.returnReasoning === 'encrypted' || !isReadable)) {
    return undefined
  }
  return {
    type: 'reasoning',
    ...(own?.id === undefined ? {} : { id: own.id }),
    summary,
    ...(content.length === 0 ? {} : { content }),
    ...(own === undefined ? {} : { encrypted_content: own.data }),
  }
}

function encodeCall(call: ToolCallPart, { names, variant }: EncodeState): JsonObject {
  const namespace = variant.namespaces
    ? filled(call.extensions?.[responsesName]?.['namespace'])
    : undefined
  const name = namespace === undefined ? names.sent(call.name) : nameWithin(call.name, namespace)
  const call_id = legalCallId(call.callId, callIdRule)
  const within = namespace === undefined ? {} : { namespace }
  const wire =
    call.kind === 'custom'
      ? { type: 'custom_tool_call', call_id, name, input: call.arguments, ...within }
      : {
          type: 'function_call',
          call_id,
          name,
          // Providers parse the arguments, so no arguments are an empty object.
          arguments: call.arguments === '' ? '{}' : call.arguments,
          ...within,
        }
  return withOwn(wire, call)
}

/** An image that a provider of this dialect made goes back to it by its id. */
function encodeImageItem(
  part: Extract<AssistantPart, { source: unknown }>,
): JsonObject | undefined {
  const own = part.extensions?.[responsesName]
  if (part.type !== 'image' || filled(own?.['id']) === undefined || own === undefined) {
    return undefined
  }
  const result = part.source.kind === 'base64' ? { result: part.source.data } : {}
  const wire = { type: 'image_generation_call', status: 'completed', ...result }
  return mergeObjects(own, wire)
}
