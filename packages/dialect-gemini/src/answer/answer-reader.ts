import {
  type Finish,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StreamPart,
  type Usage,
} from '@jackfield/core'
import { leftoverOf, madeUpCallId, StreamBlocks } from '@jackfield/dialect-kit'
import { decodeContentPart } from '../chat/decode-part.ts'
import { geminiName } from '../names.ts'
import { stateMember, statesOfSignature } from '../signatures.ts'
import { decodeSources } from './citations.ts'
import { blockedFinish, decodeFinish } from './finish-reason.ts'
import { StreamCalls } from './stream-calls.ts'
import { TextOffsets } from './text-offsets.ts'
import { decodeUsage } from './usage.ts'

const chunkMembers = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'error'])
const candidateMembers = new Set(['content', 'finishReason', 'index'])

/** Unix seconds of a time in words. */
export function secondsOf(value: JsonValue | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

/** What a chunk has that no part can say, in its own shape. */
export function leftoverOfChunk(chunk: JsonObject): JsonObject | undefined {
  return leftoverOf(chunk, chunkMembers)
}

/**
 * Reads the chunks of one answer, of which a whole answer is the only one. Of several candidates the first is told. A chunk's parts
 * are what is new.
 */
export class AnswerReader {
  readonly #blocks = new StreamBlocks()
  readonly #calls: StreamCalls
  readonly #texts = new TextOffsets()
  readonly #cited = new Set<string>()
  #parts: StreamPart[] = []
  #word: JsonValue | undefined
  #block: JsonValue | undefined
  #usage: JsonValue | undefined
  /** What candidates have that no part can say. The last chunk counts. */
  leftover: JsonObject | undefined
  /** Whether a candidate has been there. */
  touched = false
  /** Whether there are candidates besides the first. */
  hasOthers = false

  /** `first` is the first chunk of the answer, from which calls without an id get their names. */
  constructor(first: JsonObject) {
    const callId = madeUpCallId(first['responseId'], secondsOf(first['createTime']))
    this.#calls = new StreamCalls(this.#blocks, callId)
  }

  /** Whether the answer has said why it ends. */
  get finished(): boolean {
    return this.#word !== undefined || this.#block !== undefined
  }

  read(chunk: JsonObject): void {
    const candidate = firstCandidate(chunk['candidates'])
    this.hasOthers ||= hasOthers(chunk['candidates'], candidate)
    const feedback = chunk['promptFeedback']
    if (isJsonObject(chunk['usageMetadata'])) this.#usage = chunk['usageMetadata']
    if (isJsonObject(feedback) && feedback['blockReason'] !== undefined) {
      this.#block = feedback['blockReason']
    }
    if (candidate !== undefined) this.#readCandidate(candidate)
  }

  /** The parts since the last call. Usage comes once with them, as it was told last. */
  take(): StreamPart[] {
    const usage = this.#takeUsage()
    const parts = this.#parts
    this.#parts = []
    if (usage !== undefined) parts.push({ type: 'usage', usage })
    return parts
  }

  /** Ends all blocks and says why the answer ended. */
  end(): Finish {
    this.#calls.close()
    this.#blocks.close()
    this.#flush()
    return this.#block !== undefined && this.#word === undefined
      ? blockedFinish(this.#block)
      : decodeFinish(this.#word, this.#calls.count > 0)
  }

  #takeUsage(): Usage | undefined {
    const value = this.#usage
    this.#usage = undefined
    return decodeUsage(value)
  }

  #readCandidate(candidate: JsonObject): void {
    this.touched = true
    const { content, finishReason: word } = candidate
    const parts = isJsonObject(content) ? content['parts'] : undefined
    if (Array.isArray(parts)) this.#readParts(parts, candidate['logprobsResult'])
    this.#flush()
    if (hasSources(candidate)) this.#readSources(candidate)
    if (typeof word === 'string' && word !== '') this.#word = word
    const left = leftoverOf(candidate, candidateMembers)
    if (left !== undefined) this.leftover = { ...this.leftover, ...left }
  }

  #readParts(parts: readonly JsonValue[], logprobs: JsonValue | undefined): void {
    const last = logprobs === undefined ? -1 : parts.findLastIndex(isPlainText)
    for (const [index, part] of parts.entries()) {
      if (isJsonObject(part)) this.#readPart(part, index === last ? logprobs : undefined)
    }
  }

  #readPart(part: JsonObject, logprobs: JsonValue | undefined): void {
    const { functionCall: call, text, thoughtSignature: signature } = part
    if (isJsonObject(call)) {
      this.#calls.read(call, signature)
      return
    }
    if (typeof text === 'string' && text === '' && signature === undefined) return
    this.#calls.close()
    if (typeof text === 'string') this.#readText(part, text, logprobs)
    else if (Object.keys(part).length > 0) this.#blocks.whole(readWhole(part))
  }

  /** A part that is signed stays a part of its own: its signature is for it alone. */
  #readText(part: JsonObject, text: string, logprobs: JsonValue | undefined): void {
    const kind = part['thought'] === true ? 'reasoning' : 'text'
    const states = statesOfSignature(part['thoughtSignature'])
    if (states.length > 0) this.#blocks.close()
    if (kind === 'text') this.#blocks.text(text, ownLogprobs(logprobs))
    else if (states.length > 0) this.#blocks.startReasoning('summary')
    if (kind === 'reasoning') this.#blocks.reasoning(text, 'summary')
    for (const state of states) this.#blocks.attach(kind, state)
    if (states.length > 0) this.#blocks.close()
  }

  /** Google repeats what it said of its sources before. */
  #readSources(candidate: JsonObject): void {
    for (const part of decodeSources(candidate, this.#texts)) {
      const key = JSON.stringify(part)
      if (this.#cited.has(key)) continue
      this.#cited.add(key)
      this.#parts.push(part)
    }
  }

  #flush(): void {
    for (const part of this.#blocks.take()) {
      if (part.type === 'text-start') this.#texts.start(part.id)
      else if (part.type === 'text-delta') this.#texts.add(part.text)
      this.#parts.push(part)
    }
  }
}

function firstCandidate(candidates: JsonValue | undefined): JsonObject | undefined {
  if (!Array.isArray(candidates)) return undefined
  for (const candidate of candidates) {
    if (isJsonObject(candidate) && (candidate['index'] ?? 0) === 0) return candidate
  }
  return undefined
}

function hasOthers(candidates: JsonValue | undefined, first: JsonObject | undefined): boolean {
  if (!Array.isArray(candidates)) return false
  return candidates.some((candidate) => isJsonObject(candidate) && candidate !== first)
}

function hasSources(candidate: JsonObject): boolean {
  return candidate['groundingMetadata'] !== undefined || candidate['citationMetadata'] !== undefined
}

function isPlainText(part: JsonValue): boolean {
  return isJsonObject(part) && typeof part['text'] === 'string' && part['thought'] !== true
}

function ownLogprobs(value: JsonValue | undefined) {
  return value === undefined ? undefined : { dialect: geminiName, value }
}

/** A part that is broken is kept as it came: an answer is not lost for it. */
function readWhole(part: JsonObject) {
  const { inlineData, fileData, thoughtSignature: signature, ...rest } = part
  const isWhole =
    (isJsonObject(inlineData) && typeof inlineData['data'] === 'string') ||
    (isJsonObject(fileData) && typeof fileData['fileUri'] === 'string')
  const decoded = isWhole ? decodeContentPart(part, { key: 'parts' }) : undefined
  if (decoded !== undefined && decoded.type !== 'text' && decoded.type !== 'reasoning') {
    return decoded
  }
  const value = {
    ...(inlineData === undefined ? {} : { inlineData }),
    ...(fileData === undefined ? {} : { fileData }),
    ...rest,
  }
  return { type: 'provider', dialect: geminiName, value, ...stateMember(signature) } as const
}
