import {
  type Framing,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StreamValidator,
} from '@jackfield/core'
import {
  type EventReceiver,
  parseJson,
  type Report,
  StrictEventReader,
} from '@jackfield/dialect-kit'
import { StrictArrayReader } from './array-reader.ts'
import { checkChunk } from './chunk-rules.ts'

const sharedMembers = ['modelVersion', 'responseId'] as const

/**
 * Accepts exactly the streams that Google sends, as events or as an array: chunks of one answer with the same id and model, the last
 * of which has the finish reason or says that the prompt was refused. Or an `error` chunk as the last of all.
 */
export class ChunkStreamValidator implements StreamValidator {
  readonly violations: string[] = []
  readonly #reader: StrictEventReader | StrictArrayReader
  #count = 0
  #first: JsonObject | undefined
  #ended: 'finish' | 'error' | undefined
  /** A streamed call is open. */
  #openCall = false

  constructor(framing: Framing) {
    const receiver: EventReceiver = {
      event: (data) => this.#event(data),
      violation: (text) => this.#report(text),
    }
    this.#reader =
      framing === 'sse' ? new StrictEventReader(receiver) : new StrictArrayReader(receiver)
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  end(): void {
    this.#reader.end()
    if (this.#ended === undefined) this.#report('the stream ends without a finish reason')
  }

  readonly #report: Report = (text) => {
    this.violations.push(`event ${this.#count}: ${text}`)
  }

  #event(data: string): void {
    this.#count += 1
    if (this.#ended !== undefined) {
      const last = this.#ended === 'finish' ? 'the finish reason' : 'an error'
      this.#report(`something follows ${last}`)
      return
    }
    const chunk = parseJson(data)
    if (!isJsonObject(chunk)) {
      this.#report('the data is not a JSON object')
      return
    }
    const role = checkChunk(chunk, this.#report)
    if (role !== 'content') this.#ended = role
    if (role === 'error') return
    this.#checkShared(chunk)
    this.#checkPieces(chunk['candidates'])
  }

  #checkShared(chunk: JsonObject): void {
    const first = this.#first
    this.#first ??= chunk
    if (first === undefined) return
    for (const name of sharedMembers) {
      if (chunk[name] !== first[name]) this.#report(`\`${name}\` is not that of the first chunk`)
    }
  }

  /** A piece of a call needs a call that goes on. */
  #checkPieces(candidates: JsonValue | undefined): void {
    for (const call of callsIn(candidates)) {
      const isStart = call['name'] !== undefined
      if (!isStart && !this.#openCall) this.#report('a piece of a call belongs to no call')
      this.#openCall = call['willContinue'] === true
    }
  }
}

function callsIn(candidates: JsonValue | undefined): readonly JsonObject[] {
  const [candidate] = Array.isArray(candidates) ? candidates : []
  const content = isJsonObject(candidate) ? candidate['content'] : undefined
  const parts = isJsonObject(content) ? content['parts'] : undefined
  return (Array.isArray(parts) ? parts : [])
    .map((part) => (isJsonObject(part) ? part['functionCall'] : undefined))
    .filter((call) => call !== undefined)
    .filter(isJsonObject)
}
