import {
  type Citation,
  type EncodeContext,
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type OpaqueState,
  type ProviderPart,
  type StartPart,
  type ToolCallStart,
  type Usage,
} from '@jackfield/core'
import { responsesName } from '../names.ts'
import { CallWriter } from './call-writer.ts'
import { isContentPart } from './decode-content.ts'
import { responsesErrorObject } from './errors.ts'
import type { EventSink } from './event-writer.ts'
import { brokenGeneration, encodeFinish } from './finish.ts'
import { writeHostedItem } from './hosted-events.ts'
import { MessageWriter } from './message-writer.ts'
import { laterTools, type NamespacedName, namespacedTools } from './namespaces.ts'
import { imageItem, type ToldCall } from './output-items.ts'
import { encryptedFor, encryptedFrom } from './reasoning-state.ts'
import { ReasoningWriter } from './reasoning-writer.ts'
import { ResponseDocument } from './response-document.ts'

interface Reasoning {
  readonly form: 'summary' | 'raw'
  /** The provider's id of the item. */
  readonly id?: string | undefined
  writer?: ReasoningWriter
}

/**
 * Writes one answer, item by item, and keeps its finished document. Neighbouring texts and refusals are one message; a message or
 * reasoning is closed before another item opens; calls may be open side by side.
 */
export class AnswerWriter {
  readonly #sink: EventSink
  readonly #context: EncodeContext
  readonly #output = new Map<number, JsonObject>()
  readonly #calls = new Map<string, CallWriter>()
  #document: ResponseDocument | undefined
  #start: Pick<StartPart, 'id' | 'model' | 'created'> = {}
  #namespaced: ReadonlyMap<string, NamespacedName> | undefined
  #namespacedLater: ReadonlyMap<string, NamespacedName> | undefined
  #message: MessageWriter | undefined
  #messageIndex = 0
  #reasoning: Reasoning | undefined
  #count = 0

  constructor(context: EncodeContext, sink: EventSink) {
    this.#context = context
    this.#sink = sink
  }

  /** What is known of the answer; before anything else. */
  begin(start: Pick<StartPart, 'id' | 'model' | 'created'>): void {
    this.#start = start
  }

  /** A text begins, which is a content part of its own. */
  startText(phase?: string): void {
    this.#isWordless = true
    this.#closeReasoning()
    if (this.#message !== undefined && phase !== this.#message.phase) this.#closeMessage()
    this.#message?.endPart()
  }

  text(text: string, logprobs: readonly JsonValue[] = [], phase?: string): void {
    if (text === '') return
    this.#isWordless = false
    this.#openMessage(phase).text(text, logprobs)
  }

  refusal(text: string): void {
    if (text !== '') this.#openMessage(this.#message?.phase).refusal(text)
  }

  cite(citation: Citation): void {
    this.#message?.cite(citation)
  }

  /** `id`: the provider's own, which stays, because its state may be bound to it. */
  startReasoning(form: 'summary' | 'raw', id?: string): void {
    this.#closeReasoning()
    this.#reasoning = { form, id }
  }

  think(text: string): void {
    if (text !== '') this.#reasoningWriter().text(text)
  }

  /** Ends reasoning. With neither words nor state there is nothing to tell. */
  endReasoning(states: readonly OpaqueState[] | undefined): void {
    const encrypted = encryptedFor(states ?? [])
    if (encrypted !== undefined) this.#reasoningWriter()
    this.#closeReasoning(encrypted)
  }

  startCall(part: Pick<ToolCallStart, 'id' | 'callId' | 'name' | 'kind'>): void {
    this.#closeMessage()
    this.#closeReasoning()
    const index = this.#nextIndex()
    const id = this.#itemId(part.kind === 'custom' ? 'ctc_' : 'fc_', index)
    this.#calls.set(part.id, new CallWriter(this.#sink, { id, index, call: this.#told(part) }))
  }

  arguments(id: string, text: string): void {
    this.#calls.get(id)?.arguments(text)
  }

  endCall(id: string): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    this.#calls.delete(id)
    this.#output.set(call.index, call.end())
  }

  /** State of the call that has just ended, which this protocol has no place for. */
  behindCall(states: readonly OpaqueState[] | undefined): void {
    this.#carry('behind', states)
  }

  /** The same of a text. One without words is nothing but the place of its state. */
  behindText(states: readonly OpaqueState[] | undefined): void {
    this.#carry(this.#isWordless ? 'alone' : 'behind', states)
  }

  #carry(place: 'behind' | 'alone', states: readonly OpaqueState[] | undefined): void {
    if (states === undefined || states.length === 0) return
    this.startReasoning('summary')
    this.#reasoningWriter()
    this.#closeReasoning(encryptedFrom(place, states))
  }

  /** Images are items; other media have no place in this protocol. */
  file(file: MediaPart): void {
    if (file.type !== 'image') return
    const item = imageItem(this.#itemId('ig_', this.#count), file)
    if (item !== undefined) this.#whole(item)
  }

  /** A part of this dialect's own goes out as it came; those of others have no place here. */
  provider(part: ProviderPart): void {
    const { dialect, value } = part
    if (dialect !== responsesName || !isJsonObject(value)) return
    if (isContentPart(part)) this.#openMessage(this.#message?.phase).whole(value)
    else if (typeof value['type'] === 'string') this.#whole(value)
  }

  /** Ends the answer and gives its document. */
  finish(finish: Finish, usage: Usage | undefined): JsonObject {
    const document = this.#open()
    const ending = encodeFinish(finish)
    const { status, incompleteReason } = ending
    for (const id of [...this.#calls.keys()]) this.endCall(id)
    this.#closeReasoning()
    this.#closeMessage(status === 'completed' ? 'completed' : 'incomplete')
    const response = document.build({
      status,
      output: this.#items(),
      ...(usage === undefined ? {} : { usage }),
      ...(incompleteReason === undefined ? {} : { incompleteReason }),
      ...(status === 'failed' ? { error: errorOf(brokenGeneration()) } : {}),
    })
    this.#sink.event(`response.${status}`, { response })
    return response
  }

  /**
   * Ends a broken answer: the event `error`, at which the official SDKs raise, and `response.failed`, for which agents wait. What
   * was not finished is in neither.
   */
  fail(error: GatewayError, usage: Usage | undefined): void {
    const document = this.#open()
    const wire = responsesErrorObject(error)
    this.#sink.event('error', {
      code: wire['code'] ?? null,
      message: error.message,
      param: wire['param'] ?? null,
      error: wire,
    })
    const response = document.build({
      status: 'failed',
      output: this.#items(),
      ...(usage === undefined ? {} : { usage }),
      error: errorOf(error),
    })
    this.#sink.event('response.failed', { response })
  }

  #items(): JsonObject[] {
    return [...this.#output].toSorted(([one], [other]) => one - other).map(([, item]) => item)
  }

  /** The document, with the two events that every stream begins with. */
  #open(): ResponseDocument {
    if (this.#document !== undefined) return this.#document
    this.#document = new ResponseDocument(this.#context, this.#start)
    const response = this.#document.build({ status: 'in_progress', output: [] })
    this.#sink.event('response.created', { response })
    this.#sink.event('response.in_progress', { response })
    return this.#document
  }

  #nextIndex(): number {
    this.#open()
    const index = this.#count
    this.#count += 1
    return index
  }

  #itemId(prefix: string, index: number): string {
    return `${prefix}${this.#open().id.slice('resp_'.length)}_${index}`
  }

  #openMessage(phase: string | undefined): MessageWriter {
    if (this.#message !== undefined) return this.#message
    this.#closeReasoning()
    const index = this.#nextIndex()
    this.#messageIndex = index
    this.#message = new MessageWriter(this.#sink, { id: this.#itemId('msg_', index), index, phase })
    return this.#message
  }

  #closeMessage(status: 'completed' | 'incomplete' = 'completed'): void {
    const message = this.#message
    this.#message = undefined
    if (message !== undefined) this.#output.set(this.#messageIndex, message.end(status))
  }

  #reasoningWriter(): ReasoningWriter {
    const reasoning: Reasoning = this.#reasoning ?? { form: 'summary' }
    this.#reasoning = reasoning
    if (reasoning.writer !== undefined) return reasoning.writer
    this.#closeMessage()
    const index = this.#nextIndex()
    this.#reasoningIndex = index
    const id = reasoning.id ?? this.#itemId('rs_', index)
    reasoning.writer = new ReasoningWriter(this.#sink, { id, index, form: reasoning.form })
    return reasoning.writer
  }

  #reasoningIndex = 0
  /** Whether the last text has no words yet. */
  #isWordless = true

  #closeReasoning(encrypted?: string): void {
    const writer = this.#reasoning?.writer
    this.#reasoning = undefined
    if (writer !== undefined) this.#output.set(this.#reasoningIndex, writer.end(encrypted))
  }

  #whole(item: JsonObject): void {
    this.#closeMessage()
    this.#closeReasoning()
    const index = this.#nextIndex()
    const whole =
      typeof item['id'] === 'string' ? item : { id: this.#itemId('item_', index), ...item }
    writeHostedItem(this.#sink, index, whole)
    this.#output.set(index, whole)
  }

  #told({ callId, name, kind }: Omit<ToldCall, 'namespace'>): ToldCall {
    const within = this.#namespaceOf(name)
    return within === undefined ? { callId, name, kind } : { callId, kind, ...within }
  }

  /** Few clients bring tools in their input, which is long: it is only read for a name that can come from there. */
  #namespaceOf(name: string): NamespacedName | undefined {
    this.#namespaced ??= namespacedTools(this.#context.field?.('tools'))
    const found = this.#namespaced.get(name)
    if (found !== undefined || !name.includes('__')) return found
    this.#namespacedLater ??= namespacedTools(laterTools(this.#context.field?.('input')))
    return this.#namespacedLater.get(name)
  }
}

/** The `error` of a response, which has a code and a message. */
function errorOf(error: GatewayError): JsonObject {
  const { code } = responsesErrorObject(error)
  return { code: code ?? 'server_error', message: error.message }
}
