import type {
  AttemptContext,
  Backend,
  BackendContext,
  BackendPlugin,
  Handling,
  WireRequest,
  WireResult,
} from '../../src/backend.ts'
import type { CallHead, CallView, Framing, Operation } from '../../src/call.ts'
import type { Dialect, RawAnswer } from '../../src/dialect.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { GatewayError, type GatewayErrorOptions } from '../../src/errors/gateway-error.ts'
import type { JsonObject } from '../../src/json-value.ts'
import {
  fixedTargets,
  type PoolDefaults,
  type Target,
  type TargetSource,
} from '../../src/pool/target.ts'
import { FakeBody } from './fake-body.ts'
import { createFakeDialect, type Line, line } from './fake-dialect.ts'

/** One request as the provider sees it. */
export interface Exchange {
  readonly request: WireRequest
  readonly context: AttemptContext
  /** Name of the target. */
  readonly target: string
  readonly body: JsonObject
}

export type Script = (exchange: Exchange) => WireResult | Promise<WireResult>

export const dialectA = createFakeDialect('fake-a')
export const dialectB = createFakeDialect('fake-b')

export interface FakeProviderOptions {
  readonly type?: string
  readonly targets?: readonly string[]
  readonly source?: TargetSource
  readonly defaults?: Partial<PoolDefaults>
  /** The dialect that it speaks. Calls of the same name are forwarded. */
  readonly dialect?: Dialect
  readonly streaming?: 'as-asked' | 'always' | 'never'
  readonly operations?: readonly Operation[]
  readonly models?: readonly string[]
  /** Members that replace those of the backend. */
  readonly backend?: Partial<Backend>
}

/** A provider without sockets, with the backend that speaks to it. Answers as the script says; `hello` by default. */
export class FakeProvider {
  sent: Exchange[] = []
  /** Backends of it that were made, and those that were disposed. */
  made = 0
  disposed = 0
  script: Script
  readonly #options: FakeProviderOptions

  constructor(options: FakeProviderOptions = {}, script: Script = answersHello) {
    this.#options = options
    this.script = script
  }

  /** Names of the targets in the order in which they were used. */
  get used(): readonly string[] {
    return this.sent.map(({ target }) => target)
  }

  get plugin(): BackendPlugin {
    return {
      apiVersion: 1,
      type: this.#options.type ?? 'fake',
      options: { type: 'object' },
      create: (_options, context) => {
        this.made += 1
        return this.#create(context)
      },
    }
  }

  /** A backend of a configuration. */
  config(name = 'fake', options: object = {}) {
    return { name, plugin: this.plugin, options }
  }

  #create({ name }: BackendContext): Backend {
    const { targets = ['one'], models, defaults, operations } = this.#options
    const source =
      this.#options.source ??
      fixedTargets(
        targets.map((target) => fakeTarget(target, name)),
        { strategy: 'round-robin', affinity: 'none', ...defaults },
      )
    return {
      operations: new Set(operations ?? ['chat', 'completions', 'embeddings', 'opaque']),
      targets: source,
      handling: (head, call) => this.#handling(head, call),
      send: async (request, context) => {
        const exchange = { request, context, target: context.target.name, body: read(request) }
        this.sent.push(exchange)
        return await this.script(exchange)
      },
      ...(models === undefined ? {} : { models: async () => models.map((id) => ({ id })) }),
      dispose: async () => {
        this.disposed += 1
      },
      ...this.#options.backend,
    }
  }

  #handling({ operation }: CallHead, call: CallView): Handling {
    const { dialect = dialectA, streaming = 'as-asked' } = this.#options
    const surface = 'main'
    if (operation === 'opaque') return { way: 'relay', surface, dialect }
    if (call.dialect === dialect.name && streaming === 'as-asked') {
      return { way: 'forward', surface, dialect }
    }
    return { way: 'translate', surface, dialect, streaming }
  }
}

export function fakeTarget(name: string, scope = '', more: Partial<Target> = {}): Target {
  return { id: `id-${scope}-${name}`, name, weight: 1, stateScope: 'fake', ...more }
}

function read({ body }: WireRequest): JsonObject {
  if (!(body instanceof Uint8Array)) return {}
  try {
    return JSON.parse(Buffer.from(body).toString()) as JsonObject
  } catch {
    return {}
  }
}

function answersHello({ request }: Exchange): WireResult {
  return request.framing === 'json' ? whole('hello') : streams({ text: 'hello' }, { done: 'stop' })
}

/** A good answer in one piece. */
export function whole(text: string, more: Line = {}): WireResult {
  return answer(new FakeBody().write(JSON.stringify({ text, done: 'stop', ...more })).end(), 'json')
}

/** A good answer as a stream that is all there. */
export function streams(...lines: readonly Line[]): WireResult {
  return answer(new FakeBody().write(...lines.map(line)).end(), 'sse')
}

/** An answer whose body the test plays. */
export function answer(body: FakeBody, framing: Framing = 'sse', headers = {}): WireResult {
  return { ok: { status: 200, headers, framing, body } }
}

/** A failure as a backend classifies it. */
export function fails(
  code: ErrorCode,
  options: GatewayErrorOptions = {},
  raw?: RawAnswer,
): WireResult {
  const failed = new GatewayError(code, `The provider says ${code}.`, options)
  return { failed, ...(raw === undefined ? {} : { raw }) }
}

/** A provider that never answers, behind a backend that ends the request when it is aborted. */
export function silent({ context }: Exchange): Promise<WireResult> {
  return new Promise((resolve) => {
    const { signal } = context
    signal.addEventListener('abort', () => resolve({ failed: signal.reason }), { once: true })
  })
}

/** A backend that neither answers nor minds being aborted. */
export function deaf(): Promise<WireResult> {
  return new Promise(() => {})
}

/** Plays one script after the other; the last one again and again. */
export function inTurn(...scripts: readonly Script[]): Script {
  let turn = 0
  return (exchange) => {
    const script = scripts[Math.min(turn, scripts.length - 1)]
    turn += 1
    return script?.(exchange) ?? deaf()
  }
}
