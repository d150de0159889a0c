import {
  type AnswerSink,
  type BackendConfig,
  type BackendPlugin,
  type BodySource,
  type CallInput,
  createGateway,
  createMemoryStateStore,
  type Explanation,
  fixedTargets,
  type GatewayConfig,
  type Logger,
  type RoutingInspector,
  type Stage,
  type StageContext,
  type StateStore,
} from '@jackfield/core'
import { FakeClock } from '../../../core/test/fake-clock.ts'
import { createCommands } from '../../src/create-commands.ts'
import type { CommandOptions } from '../../src/options.ts'
import { inputOf, type Spoken, spoken, type Turn } from './dialects.ts'

/** What a backend was asked. */
export interface Sent {
  readonly backend: string
  readonly target: string
  readonly model: string
  readonly body: string
}

export interface WorldOptions {
  readonly commands?: CommandOptions | (() => CommandOptions)
  readonly config?: Partial<GatewayConfig>
  readonly backends?: readonly string[]
  /** What is different of the store that sessions are kept in. */
  readonly store?: (memory: StateStore) => Partial<StateStore>
}

export interface SayOptions {
  readonly session?: string
  readonly key?: string
  readonly own?: Spoken
  readonly changes?: Partial<CallInput>
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A gateway with commands, in front of backends that answer at once. */
export interface World {
  readonly routing: RoutingInspector
  readonly sent: readonly Sent[]
  /** Messages of the log. */
  readonly warnings: readonly string[]
  readonly memory: StateStore
  readonly clock: FakeClock
  /** Sends what a person says, alone or as the last of a conversation. */
  say(said: string | readonly Turn[], options?: SayOptions): Promise<Answer>
  explain(said: string | readonly Turn[], options?: SayOptions): Promise<Explanation>
  reload(config: Partial<GatewayConfig>, backends?: readonly string[]): Promise<void>
}

function callOf(
  said: string | readonly Turn[],
  { session = 's', key, own = spoken[0], changes }: SayOptions,
): CallInput {
  if (own === undefined) throw new Error('a protocol is needed')
  const turns: readonly Turn[] = typeof said === 'string' ? [{ by: 'user', content: said }] : said
  return inputOf(own, Buffer.from(JSON.stringify(own.bodyOf(turns))), {
    headers: {
      'content-type': 'application/json',
      'x-jackfield-session': session,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...changes,
  })
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { commands = {}, config = {}, backends = ['a', 'b'], store = () => ({}) } = options
  const clock = new FakeClock()
  const memory = createMemoryStateStore({ clock })
  const sent: Sent[] = []
  const warnings: string[] = []
  const log: Logger = {
    debug: () => {},
    info: () => {},
    warn: (_, message) => void warnings.push(message),
    error: (_, message) => void warnings.push(message),
  }
  let context: StageContext | undefined
  const observer = (given: StageContext): Stage => {
    context = given
    return { name: 'observer' }
  }
  const gateway = await createGateway({
    config: configOf(config, backends, sent),
    clock,
    log,
    store: { ...memory, ...store(memory) },
    stages: [observer, createCommands(commands)],
  })
  if (context === undefined) throw new Error('stages are made')
  return {
    routing: context.routing,
    sent,
    warnings,
    memory,
    clock,
    async say(said, given = {}) {
      const sink = new MemorySink()
      await gateway.handle(callOf(said, given), sink)
      return sink
    },
    explain: (said, given = {}) => gateway.explain(callOf(said, given)),
    reload: (changed, names = backends) => gateway.apply(configOf(changed, names, sent)),
  }
}

function configOf(
  config: Partial<GatewayConfig>,
  backends: readonly string[],
  sent: Sent[],
): GatewayConfig {
  const plugin = pluginOf(sent)
  const own = backends.map((name): BackendConfig => ({ name, plugin, options: {} }))
  return { backends: own, ...(backends[0] && { defaultBackend: backends[0] }), ...config }
}

/** Backends of two keys that answer at once. */
function pluginOf(sent: Sent[]): BackendPlugin {
  return {
    apiVersion: 1,
    type: 'memory',
    options: { type: 'object', properties: {}, additionalProperties: false },
    create: (_options, { name }) => ({
      operations: new Set(['chat', 'count-tokens', 'embeddings']),
      targets: fixedTargets(
        ['one', 'two'].map((target) => ({
          id: `${name} ${target}`,
          name: target,
          weight: 1,
          stateScope: 'memory',
        })),
        { strategy: 'round-robin', affinity: 'none' },
      ),
      models: async () => [{ id: `${name}-model` }],
      handling: (_head, call) => {
        const own = spoken.find(({ dialect }) => dialect.name === call.dialect) ?? spoken[0]
        if (own === undefined) throw new Error('a protocol is needed')
        return { way: 'forward', surface: 'memory', dialect: own.dialect }
      },
      async send({ model, body, operation }, { target }) {
        const text = body instanceof Uint8Array ? Buffer.from(body).toString() : ''
        sent.push({ backend: name, target: target.name, model, body: text })
        const answer = operation === 'count-tokens' ? { input_tokens: 3 } : completion
        const headers = { 'content-type': 'application/json' }
        return { ok: { status: 200, headers, framing: 'json', body: bodyOf(answer) } }
      },
    }),
  }
}

const completion = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

function bodyOf(answer: object): BodySource {
  return {
    start(receiver) {
      receiver.data(Buffer.from(JSON.stringify(answer)))
      receiver.end()
    },
    pause() {},
    resume() {},
    cancel() {},
  }
}

class MemorySink implements AnswerSink, Answer {
  status = 0
  headers: Readonly<Record<string, unknown>> = {}
  #body = ''

  /** What was said: of an answer its text, of an error its message, of anything else the body. */
  get text(): string {
    const body: unknown = JSON.parse(this.#body)
    return wordsIn(body) ?? this.#body
  }

  start(status: number, headers: Readonly<Record<string, unknown>>): void {
    this.status = status
    this.headers = headers
  }

  write(chunk: Uint8Array): boolean {
    this.#body += Buffer.from(chunk).toString()
    return true
  }

  end(chunk?: Uint8Array): void {
    if (chunk !== undefined) this.write(chunk)
  }

  destroy(): void {}
  onDrain(): void {}
}

/** The first member that holds words for a person. */
function wordsIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, own] of Object.entries(value)) {
    const isWords = ['content', 'message', 'text'].includes(name) && typeof own === 'string'
    const words = isWords ? own : wordsIn(own)
    if (words !== undefined) return words
  }
  return undefined
}
