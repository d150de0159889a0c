import {
  GatewayError,
  isJsonObject,
  type JsonObject,
  type OpaqueState,
  type SseEvent,
  scanDocument,
  sseData,
  type TapEnding,
  type Usage,
} from '@jackfield/core'
import { parseJson, type StateListener, type StreamFacts, type TapRules } from '../../src/index.ts'

/**
 * A protocol of one-letter words for taps to watch: `{t}` text, `{s}` state, `{u}` usage, `{end: true}`, and `{fail}` with a message,
 * which the caller caused if it begins with "you".
 */
export const toyRules: TapRules = {
  facts: (onState) => new ToyFacts(onState),
  body: (body, onState) => {
    scanDocument(body)
    const facts = new ToyFacts(onState)
    facts.note({ data: Buffer.from(body).toString() })
    return {
      complete: facts.complete,
      ...(facts.error === undefined ? {} : { error: facts.error }),
    }
  },
  marks: [Buffer.from('"fail"'), Buffer.from('"end"')],
  stateMarks: [Buffer.from('"s"')],
  ending: (event) => endingOf(event),
  interruption: ({ message }, framing) => {
    const json = JSON.stringify({ fail: message })
    return Buffer.from(framing === 'sse' ? sseData(json) : json)
  },
}

class ToyFacts implements StreamFacts {
  readonly #onState: StateListener | undefined
  #ended = false
  notes = 0
  firstText: number | undefined
  usage: Usage | undefined
  error: GatewayError | undefined
  readonly id = undefined
  readonly model = 'toy'

  constructor(onState: StateListener | undefined) {
    this.#onState = onState
  }

  get complete(): boolean {
    return this.#ended && this.error === undefined
  }

  get finish() {
    return this.#ended ? ({ reason: 'stop' } as const) : undefined
  }

  note(event: SseEvent): void {
    const { t, s, u, end } = wordsOf(event)
    this.error ??= errorOf(event)
    if (typeof t === 'string') this.firstText ??= t.length
    if (typeof s === 'string') this.#onState?.(stateOf(s))
    if (typeof u === 'number') this.usage = { outputTokens: u }
    if (end === true) this.#ended = true
  }
}

export const stateOf = (data: string): OpaqueState => ({ kind: 'signature', data })

function wordsOf({ data }: SseEvent): JsonObject {
  const value = parseJson(data)
  return isJsonObject(value) ? value : {}
}

function errorOf(event: SseEvent): GatewayError | undefined {
  const { fail } = wordsOf(event)
  if (typeof fail !== 'string') return undefined
  return new GatewayError(fail.startsWith('you') ? 'invalid_request' : 'upstream_error', fail)
}

function endingOf(event: SseEvent): TapEnding | undefined {
  if (wordsOf(event)['end'] === true) return 'end'
  const error = errorOf(event)
  return error === undefined ? undefined : { error, told: error.policy.callerFault }
}
