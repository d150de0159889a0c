import {
  type BackendPlugin,
  type CallEnd,
  type CallLimits,
  type ChatRequest,
  type ChatResponse,
  Collector,
  createGateway,
  type ErrorCode,
  fixedTargets,
  type Gateway,
  GatewayError,
  type JsonObject,
  type StateStore,
  type StreamPart,
  silentLogger,
  type VirtualContext,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { createTestClock, MemorySink, type TestClock } from '@jackfield/testkit'
import { onTestFinished } from 'vitest'
import hybrid, { type HybridOptions } from '../../src/index.ts'
import { batchesOf, type Said } from './parts.ts'

type Batches = AsyncIterable<readonly StreamPart[]>

/** What a made-up model does with a request. */
export type Script = (request: ChatRequest, context: VirtualContext) => Batches

/** Says these pieces, each as a batch of its own. */
export function says(...pieces: readonly Said[]): Script {
  return async function* () {
    yield* batchesOf(pieces)
  }
}

/** Says these pieces, and nothing more until it is cancelled. */
export function hangs(...pieces: readonly Said[]): Script {
  return async function* (_, { signal }) {
    yield* batchesOf(pieces)
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }
}

/** Says these pieces, if any, and fails. */
export function fails(code: ErrorCode, ...pieces: readonly Said[]): Script {
  return async function* () {
    if (pieces.length > 0) yield* batchesOf(pieces)
    throw new GatewayError(code, `made up: ${code}`, { upstream: { backend: 'made-up' } })
  }
}

/** A backend that does as the test says, and what it was asked. */
export class Model {
  readonly asked: ChatRequest[] = []
  /** Names of the models that were asked for. */
  readonly names: string[] = []
  /** Its calls that were cancelled before they had ended. */
  cancelled = 0
  script: Script

  constructor(script: Script) {
    this.script = script
  }

  get plugin(): BackendPlugin {
    return {
      apiVersion: 1,
      type: 'made-up',
      options: { type: 'object' },
      create: (_, { name }) => ({
        operations: new Set(['chat']),
        targets: fixedTargets([{ id: name, name: 'one', weight: 1, stateScope: name }], {
          strategy: 'round-robin',
          affinity: 'none',
        }),
        handling: () => ({ way: 'virtual' }),
        chat: (request, context) => this.#chat(request, context),
      }),
    }
  }

  async *#chat(request: ChatRequest, context: VirtualContext): Batches {
    this.asked.push(request)
    this.names.push(context.model)
    const leave = () => {
      this.cancelled += 1
    }
    context.signal.addEventListener('abort', leave, { once: true })
    yield* this.script(request, context)
    context.signal.removeEventListener('abort', leave)
  }
}

export interface HybridSetup {
  readonly thinker?: Script
  readonly writer?: Script
  readonly options?: HybridOptions
  readonly limits?: Partial<CallLimits>
  readonly random?: () => number
  readonly store?: StateStore
}

/** What a client got. */
export interface Heard {
  readonly status: number | undefined
  readonly reasoning: string
  readonly text: string
  readonly response: ChatResponse | undefined
  readonly error: GatewayError | undefined
}

/** A gateway with `hybrid` and two made-up models: `think:…` and `write:…`. */
export class HybridWorld {
  readonly gateway: Gateway
  readonly clock: TestClock
  readonly thinker: Model
  readonly writer: Model
  readonly ends: CallEnd[] = []
  readonly log: (readonly [object, string])[]

  constructor(parts: Pick<HybridWorld, 'gateway' | 'clock' | 'thinker' | 'writer' | 'log'>) {
    this.gateway = parts.gateway
    this.clock = parts.clock
    this.thinker = parts.thinker
    this.writer = parts.writer
    this.log = parts.log
    this.gateway.events.on('call-end', (end) => this.ends.push(end))
  }

  /** Starts a call. */
  start(body: JsonObject = {}, { session = 'mine' }: { readonly session?: string } = {}) {
    const sink = new MemorySink()
    const connection = new AbortController()
    const sent = { model: 'hybrid:[think:deep,write:fast]', messages: [said('Hello.')], ...body }
    const done = this.gateway.handle(
      {
        operation: 'chat',
        dialect: openaiChat,
        method: 'POST',
        path: '/v1/chat/completions',
        query: '',
        headers: { 'x-session-id': session },
        body: Buffer.from(JSON.stringify(sent)),
        signal: connection.signal,
      },
      sink,
    )
    return { sink, done, leave: () => connection.abort() }
  }

  /** A whole call. */
  async ask(body: JsonObject = {}, options: { readonly session?: string } = {}): Promise<Heard> {
    const { sink, done } = this.start(body, options)
    await done
    return heardOf(sink, body['stream'] === true)
  }
}

export function said(content: string, role = 'user'): JsonObject {
  return { role, content }
}

function heardOf(sink: MemorySink, isStream: boolean): Heard {
  const { status, body, headers } = sink
  const empty = { status, reasoning: '', text: '', response: undefined, error: undefined }
  if (status !== 200) {
    return { ...empty, error: openaiChat.decodeError({ status: status ?? 0, headers, body }) }
  }
  if (!isStream) return { ...empty, ...readable(openaiChat.chat.decodeResponse(body)) }
  const decoder = openaiChat.chat.streamDecoder('sse')
  const parts = [...decoder.push(body), ...decoder.end()]
  const failure = parts.find((part) => part.type === 'error')
  const textOf = (type: StreamPart['type']) =>
    parts.map((part) => ('text' in part && part.type === type ? part.text : '')).join('')
  const heard = { reasoning: textOf('reasoning-delta'), text: textOf('text-delta') }
  if (failure !== undefined) return { ...empty, ...heard, error: failure.error }
  const collector = new Collector()
  collector.push(parts)
  return { ...empty, ...heard, response: collector.response }
}

function readable(response: ChatResponse): Pick<Heard, 'reasoning' | 'text' | 'response'> {
  const textOf = (type: 'reasoning' | 'text') =>
    response.content.map((part) => (part.type === type ? part.text : '')).join('')
  return { reasoning: textOf('reasoning'), text: textOf('text'), response }
}

/** Starts it; it is closed when the test ends. */
export async function startHybrid(setup: HybridSetup = {}): Promise<HybridWorld> {
  const thinker = new Model(setup.thinker ?? says({ reasoning: 'It is 4.' }, { text: 'Four.' }))
  const writer = new Model(setup.writer ?? says({ text: 'The answer is 4.' }, { end: 'stop' }))
  const clock = createTestClock()
  const log: (readonly [object, string])[] = []
  const note = (fields: object, message: string) => void log.push([fields, message])
  const gateway = await createGateway({
    config: {
      backends: [
        { name: 'think', plugin: thinker.plugin, options: {} },
        { name: 'write', plugin: writer.plugin, options: {} },
        { name: 'hybrid', plugin: hybrid, options: setup.options ?? {} },
      ],
      validateAnswers: 1,
      limits: { holdMs: 0, maxWaitMs: 0, ...setup.limits },
    },
    clock,
    log: { ...silentLogger, info: note, warn: note },
    random: setup.random ?? (() => 0.5),
    ...(setup.store === undefined ? {} : { store: setup.store }),
  })
  gateway.events.on('answer-invalid', ({ violations }) => {
    throw new Error(violations.join('; '))
  })
  onTestFinished(() => gateway.close({ graceMs: 0 }))
  return new HybridWorld({ gateway, clock, thinker, writer, log })
}
