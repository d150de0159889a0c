import {
  type AnswerSink,
  type Backend,
  type BackendPlugin,
  type BodyReceiver,
  createGateway,
  fixedTargets,
  type Gateway,
  type GatewayConfig,
  GatewayError,
  type TargetState,
  type WireResult,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { VirtualClock } from './virtual-clock.ts'

/** What a provider answers at a place (`backend.key`). */
export type Answers = (place: string) => WireResult

/** What became of one call. */
export interface Asked {
  /** As the client saw it. */
  readonly status: number
  /** Places in the order in which they were asked, each with the milliseconds since the call began. */
  readonly places: readonly (readonly [place: string, at: number])[]
  /** What was left out because of it. */
  readonly changes: readonly TargetState[]
}

/** A gateway in front of made-up providers, to see what it does. Chance comes out in the middle. */
export class Probe {
  readonly clock: VirtualClock
  readonly #gateway: Gateway
  readonly #asked: string[]
  readonly #changes: TargetState[] = []

  private constructor(gateway: Gateway, clock: VirtualClock, asked: string[]) {
    this.#gateway = gateway
    this.clock = clock
    this.#asked = asked
    gateway.events.on('target-state', (change) => this.#changes.push(change))
  }

  /** `keys`: how many keys each backend has. */
  static async open(
    keys: Readonly<Record<string, number>>,
    answers: Answers,
    config: Partial<GatewayConfig> = {},
  ): Promise<Probe> {
    const clock = new VirtualClock()
    const asked: string[] = []
    const send = (place: string) => {
      asked.push(`${place}@${clock.monotonic()}`)
      return answers(place)
    }
    const backends = Object.entries(keys).map(([name, count]) => ({
      name,
      plugin: pluginOf(name, count, send),
      options: {},
    }))
    const gateway = await createGateway({
      config: { backends, ...config },
      clock,
      random: () => 0.5,
    })
    return new Probe(gateway, clock, asked)
  }

  /** Makes a call, and lets time pass until it is over. */
  async ask(model: string, { stream = false } = {}): Promise<Asked> {
    const began = this.clock.monotonic()
    this.#asked.length = 0
    this.#changes.length = 0
    let status = 0
    const body = { model, stream, messages: [{ role: 'user', content: 'Hello' }] }
    const handled = this.#gateway.handle(
      {
        operation: 'chat',
        dialect: openaiChat,
        method: 'POST',
        path: '/v1/chat/completions',
        query: '',
        headers: {},
        body: Buffer.from(JSON.stringify(body)),
        signal: new AbortController().signal,
      },
      sinkFor((given) => {
        status = given
      }),
    )
    await this.clock.until(handled)
    const places = this.#asked.map((text) => {
      const [place = '', at] = text.split('@')
      return [place, Number(at) - began] as const
    })
    return { status, places, changes: [...this.#changes] }
  }

  close(): Promise<void> {
    return this.#gateway.close({ graceMs: 0 })
  }
}

function sinkFor(onStatus: (status: number) => void): AnswerSink {
  return {
    start: onStatus,
    write: () => true,
    end: () => {},
    destroy: () => {},
    onDrain: () => {},
  }
}

function pluginOf(name: string, keys: number, send: Answers): BackendPlugin {
  return {
    apiVersion: 1,
    type: 'probed',
    options: { type: 'object', properties: {}, additionalProperties: false },
    create: (): Backend => ({
      operations: new Set(['chat']),
      targets: fixedTargets(
        Array.from({ length: keys }, (_, index) => ({
          id: `${name}${index + 1}`,
          name: `${index + 1}`,
          weight: 1,
          stateScope: name,
        })),
        { strategy: 'round-robin', affinity: 'none' },
      ),
      handling: () => ({ way: 'forward', surface: 'chat', dialect: openaiChat }),
      send: async (_request, { target }) => send(`${name}.${target.name}`),
    }),
  }
}

/** An answer that breaks off behind its first word. */
export function brokenStream(): WireResult {
  let receiver: BodyReceiver | undefined
  const chunk = { choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }] }
  return {
    ok: {
      status: 200,
      headers: {},
      framing: 'sse',
      body: {
        start(given) {
          receiver = given
          receiver.data(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
        },
        pause: () => {},
        resume: () => receiver?.fail(new GatewayError('upstream_unreachable', 'It broke.')),
        cancel: () => {},
      },
    },
  }
}
