import {
  type Finish,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type OpaqueState,
  type ProviderPart,
  type SourcePart,
  type StreamPart,
  type ToolCallEnd,
  type ToolCallStart,
} from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'
import { mediaMember } from '../chat/encode-part.ts'
import { geminiName } from '../names.ts'
import { signatureForClient, signaturePlaceholder } from '../signatures.ts'
import { encodeSources, type PlacedCitation } from './citations.ts'
import { encodeFinish } from './finish-reason.ts'
import { TextOffsets } from './text-offsets.ts'

/** Text that is not a part yet, for more of its block may come, or its signature. */
interface PendingText {
  readonly id: string
  readonly thought: boolean
  /** Whether it is all that its block has said so far. */
  readonly whole: boolean
  text: string
}

interface OpenCall {
  readonly start: ToolCallStart
  readonly pieces: string[]
}

/** Longest part of broken arguments that is told. */
const maxShown = 500

/**
 * Makes the parts of the protocol of stream parts, for streams and whole answers alike. Calls are held until they are complete. One
 * whose arguments are no JSON object cannot be told as a call: it ends the answer as Google ends such ones, with
 * `MALFORMED_FUNCTION_CALL`. The first call is always signed, for Google refuses it otherwise when it comes back: one that another
 * protocol's provider made without any state has the word that stands for a lost signature.
 */
export class AnswerWriter {
  readonly #texts = new TextOffsets()
  readonly #calls = new Map<string, OpenCall>()
  readonly #sources: PlacedCitation[] = []
  #parts: JsonObject[] = []
  #pending: PendingText | undefined
  /** The block that has begun and has no text yet. */
  #fresh = ''
  #refused = false
  #called = false
  #malformed: string | undefined
  /** Log probabilities of the text since the last `take`. */
  #logprobs: JsonValue | undefined
  /** Whether there have been any parts. */
  touched = false

  add(part: Exclude<StreamPart, { type: 'start' | 'usage' | 'finish' | 'error' }>): void {
    switch (part.type) {
      case 'text-delta':
        if (part.logprobs?.dialect === geminiName) this.#logprobs = part.logprobs.value
        this.#say(part.id, part.text, false)
        break
      case 'reasoning-delta':
        this.#say(part.id, part.text, true)
        break
      case 'text-start':
      case 'reasoning-start':
        this.#fresh = part.id
        if (part.type === 'text-start') this.#texts.start(part.id)
        break
      case 'text-end':
      case 'reasoning-end':
        this.#sign(part.id, part.type === 'reasoning-end', part.state)
        break
      case 'refusal':
        this.#refuse(part.text)
        break
      default:
        this.#addWhole(part)
    }
  }

  /** The parts since the last call. */
  take(): JsonObject[] {
    this.#settle()
    const parts = this.#parts
    this.#parts = []
    this.touched ||= parts.length > 0
    return parts
  }

  /** What a candidate says beside its parts since the last call. */
  takeLogprobs(): JsonObject {
    const value = this.#logprobs
    this.#logprobs = undefined
    return value === undefined ? {} : { logprobsResult: value }
  }

  /** Whether log probabilities wait for their chunk: another chunk's must not be mixed with them. */
  get hasLogprobs(): boolean {
    return this.#logprobs !== undefined
  }

  /** The members with which a candidate ends. */
  finish(finish: Finish): JsonObject {
    const isRefusal = this.#refused && finish.reason === 'stop'
    const reason = isRefusal ? 'SAFETY' : encodeFinish(finish)
    const message = this.#malformed
    return {
      finishReason: message === undefined ? reason : 'MALFORMED_FUNCTION_CALL',
      ...(message === undefined ? {} : { finishMessage: message }),
      ...encodeSources(this.#sources, this.#texts),
    }
  }

  #addWhole(
    part: Exclude<
      StreamPart,
      {
        type:
          | `${'text' | 'reasoning'}-${string}`
          | 'refusal'
          | 'start'
          | 'usage'
          | 'finish'
          | 'error'
      }
    >,
  ): void {
    switch (part.type) {
      case 'tool-call-start':
        this.#calls.set(part.id, { start: part, pieces: [] })
        break
      case 'tool-call-delta':
        this.#calls.get(part.id)?.pieces.push(part.arguments)
        break
      case 'tool-call-end':
        this.#call(part)
        break
      case 'source':
        this.#cite(part)
        break
      case 'file':
        this.#push(fileOf(part.file), part.file.state)
        break
      case 'provider':
        this.#push(ownValue(part.part), part.part.state)
        break
      default:
        part satisfies never
    }
  }

  #say(id: string, text: string, thought: boolean): void {
    if (text === '') return
    if (!thought) this.#texts.add(text)
    if (this.#pending?.id === id) {
      this.#pending.text += text
      return
    }
    this.#settle()
    this.#pending = { id, thought, text, whole: this.#fresh === id }
    this.#fresh = ''
  }

  /** A signature goes on the part that is its block; behind pieces of one it has an empty part, as Google sends it. */
  #sign(id: string, thought: boolean, state: readonly OpaqueState[] | undefined): void {
    const signature = signatureForClient(state)
    const pending = this.#pending
    const isWhole = pending?.id === id && pending.whole
    if (signature === undefined) return
    if (!isWhole) this.#settle()
    this.#pending = undefined
    const text = isWhole ? pending.text : ''
    this.#parts.push({ ...textPart(text, thought), thoughtSignature: signature })
  }

  #settle(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    this.#parts.push(textPart(pending.text, pending.thought))
  }

  #refuse(text: string): void {
    this.#refused = true
    this.#say('refusal', text, false)
  }

  #push(wire: JsonObject | undefined, state: readonly OpaqueState[] | undefined): void {
    if (wire === undefined) return
    this.#settle()
    const signature = signatureForClient(state)
    this.#parts.push(signature === undefined ? wire : { ...wire, thoughtSignature: signature })
  }

  #call({ id, state }: ToolCallEnd): void {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    if (call === undefined) return
    const { callId, name, kind } = call.start
    const text = call.pieces.join('')
    const args = kind === 'custom' ? { input: text } : argumentsOf(text)
    if (args !== undefined) this.#pushCall({ id: callId, name, args }, state)
    else this.#malformed ??= `Malformed function call: ${name}(${text.slice(0, maxShown)})`
  }

  /** In parallel calls only the first has a signature (protocol reference 4.4). */
  #pushCall(functionCall: JsonObject, state: readonly OpaqueState[] | undefined): void {
    const isBare = !this.#called && signatureForClient(state) === undefined
    this.#called = true
    this.#push(
      isBare ? { functionCall, thoughtSignature: signaturePlaceholder } : { functionCall },
      state,
    )
  }

  #cite({ id, citation }: SourcePart): void {
    this.#sources.push({ id, citation })
  }
}

function textPart(text: string, thought: boolean): JsonObject {
  return thought ? { text, thought } : { text }
}

function argumentsOf(text: string): JsonObject | undefined {
  if (text.trim() === '') return {}
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** A file in another provider's store is of no use to the client. */
function fileOf(file: MediaPart): JsonObject | undefined {
  const { source } = file
  const isOurs = source.kind !== 'file-id' || source.dialect === geminiName
  return isOurs ? mediaMember(file) : undefined
}

function ownValue({ dialect, value }: ProviderPart): JsonObject | undefined {
  return dialect === geminiName && isJsonObject(value) ? value : undefined
}
