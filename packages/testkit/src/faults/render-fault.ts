import { gzipSync } from 'node:zlib'
import type { HeaderFields, Script, ScriptStep } from '../fake/script.ts'
import type { DialectStep, FaultCase, FaultDialect } from './fault.ts'
import { appliesTo } from './faults.ts'
import type { FaultRenderer } from './renderer.ts'
import { anthropicMessagesFaults } from './renderers/anthropic-messages.ts'
import { geminiArrayFaults, geminiFaults } from './renderers/gemini.ts'
import { openAIChatFaults } from './renderers/openai-chat.ts'
import { openAIResponsesFaults } from './renderers/openai-responses.ts'

/** The call to which a fault shall happen. */
export interface FaultCall {
  readonly dialect: FaultDialect
  /** Whether the provider is asked for a stream. */
  readonly stream: boolean
  /** How the stream is asked for: as events (default), or as Gemini's array, which only Gemini has. */
  readonly framing?: 'sse' | 'json-array'
  /** Unix milliseconds, for hints that are dates. Default `Date.now`. */
  readonly now?: () => number
}

const renderers: Readonly<Record<FaultDialect, FaultRenderer>> = {
  'openai-chat': openAIChatFaults,
  'openai-responses': openAIResponsesFaults,
  'anthropic-messages': anthropicMessagesFaults,
  gemini: geminiFaults,
}

/**
 * The script with which a fake server behaves as the fault says. Throws when the fault cannot happen to such a call, and for
 * faults of the listener, which no script can play (see `runFault`).
 */
export function renderFault(fault: FaultCase, call: FaultCall): Script {
  const { dialect, stream } = call
  const { script } = fault
  if (!appliesTo(fault, call)) {
    const kind = stream ? 'streamed' : 'unary'
    throw new Error(`the fault "${fault.id}" does not happen to ${kind} ${dialect} calls`)
  }
  const renderer = rendererFor(call)
  if (script.at === 'listener') throw new Error(`the fault "${fault.id}" needs runFault()`)
  const render = (): ScriptStep[] => {
    const rendering = new Rendering(renderer, call)
    return script.steps.flatMap((step) => rendering.render(step))
  }
  // Dates in answers count from the request, not from here.
  return script.at === 'connection'
    ? { at: 'connection', steps: render() }
    : { at: script.at, steps: render }
}

function rendererFor({ dialect, stream, framing }: FaultCall): FaultRenderer {
  if (framing !== 'json-array') return renderers[dialect]
  if (dialect !== 'gemini') throw new Error(`${dialect} has no streams as arrays`)
  return stream ? geminiArrayFaults : geminiFaults
}

/** One answer. */
class Rendering {
  readonly #renderer: FaultRenderer
  readonly #call: FaultCall
  #hasBegun = false

  constructor(renderer: FaultRenderer, call: FaultCall) {
    this.#renderer = renderer
    this.#call = call
  }

  render(step: ScriptStep | DialectStep): readonly ScriptStep[] {
    const { completion, errorBody, errorEvent, piece } = this.#renderer
    switch (step.do) {
      case 'answer':
        return this.#answer(step)
      case 'answer-head':
        return [this.#answerHead(step)]
      case 'half-body':
        return write(completion.slice(0, completion.length / 2))
      case 'piece':
        this.#hasBegun = true
        return write(piece(step.piece))
      case 'error':
        return this.#error(step)
      case 'error-body':
        return write(errorBody(step.error, step.status))
      case 'error-event':
        return write(errorEvent(step.error, this.#hasBegun ? 'behind' : 'first'))
      case 'page':
        return page(step.status)
      case 'flood':
        return [{ do: 'endless', frame: 'x'.repeat(1 << 16), maxBytes: step.maxBytes }]
      default:
        return [step]
    }
  }

  #answer(step: Extract<DialectStep, { do: 'answer' }>): readonly ScriptStep[] {
    const { completion, piece } = this.#renderer
    const stream = step.as === undefined ? this.#call.stream : step.as === 'stream'
    const order = ['prelude', 'first-part', 'rest', 'finish', 'terminator'] as const
    const body = stream ? order.map(piece) : [completion]
    const type = { 'content-type': this.#type(stream) }
    if (step.encoding === undefined) {
      return [{ do: 'head', status: 200, headers: type }, ...body.flatMap(write), { do: 'end' }]
    }
    const headers = { ...type, 'content-encoding': step.encoding }
    const bytes = gzipSync(body.join(''))
    return [{ do: 'head', status: 200, headers }, { do: 'write', bytes }, { do: 'end' }]
  }

  #answerHead(step: Extract<DialectStep, { do: 'answer-head' }>): ScriptStep {
    const { completion } = this.#renderer
    const headers = {
      'content-type': this.#type(this.#call.stream),
      ...(step.length && { 'content-length': String(Buffer.byteLength(completion)) }),
      ...(step.padding !== undefined && { 'x-padding': 'x'.repeat(step.padding) }),
    }
    return { do: 'head', status: 200, headers }
  }

  #error(step: Extract<DialectStep, { do: 'error' }>): readonly ScriptStep[] {
    const { hintIn } = this.#renderer
    const inBody = hintIn === 'body' && step.retryAfter?.as === 'seconds'
    const hint = inBody ? step.retryAfter?.ms : undefined
    const body = this.#renderer.errorBody(step.error, step.status, hint)
    const headers = { 'content-type': 'application/json', ...(!inBody && this.#hint(step)) }
    return [{ do: 'head', status: step.status, headers }, ...write(body), { do: 'end' }]
  }

  #hint({ retryAfter }: Extract<DialectStep, { do: 'error' }>): HeaderFields {
    if (!retryAfter) return {}
    const { as, ms } = retryAfter
    switch (as) {
      case 'seconds':
        return { 'retry-after': String(ms / 1000) }
      case 'milliseconds':
        return { 'retry-after-ms': String(ms) }
      case 'http-date': {
        const now = (this.#call.now ?? Date.now)()
        // A date has whole seconds; rounding down would come back too early.
        return { 'retry-after': new Date(Math.ceil((now + ms) / 1000) * 1000).toUTCString() }
      }
    }
  }

  #type(stream: boolean): string {
    return stream ? this.#renderer.streamType : 'application/json'
  }
}

function write(bytes: string): ScriptStep[] {
  return bytes === '' ? [] : [{ do: 'write', bytes }]
}

function page(status: number): ScriptStep[] {
  const headers = { 'content-type': 'text/html' }
  const html = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`
  return [{ do: 'head', status, headers }, ...write(html), { do: 'end' }]
}
