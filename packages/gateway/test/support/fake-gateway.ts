import {
  type AnswerSink,
  type CallInput,
  type Explanation,
  type Gateway,
  GatewayError,
  type GatewayHealth,
  headerValue,
  type ListedModel,
  type Principal,
} from '@jackfield/core'

/** What a fake gateway does with a call. */
export type Script = (input: CallInput, sink: AnswerSink) => void | Promise<void>

export interface FakeOptions {
  readonly handle?: Script
  readonly explain?: (input: CallInput) => Explanation | Promise<Explanation>
  readonly models?: readonly ListedModel[]
  readonly health?: Partial<GatewayHealth>
  /** Keys that are accepted; absent: every caller is the local user. */
  readonly keys?: Readonly<Record<string, Principal>>
}

export interface FakeGateway extends Gateway {
  readonly inputs: CallInput[]
  /** Grace periods that `close` was called with. */
  readonly closes: number[]
}

const local: Principal = { id: 'local', name: 'local' }

/** A gateway without backends: calls are answered by a script. */
export function fakeGateway(options: FakeOptions = {}): FakeGateway {
  const inputs: CallInput[] = []
  const closes: number[] = []
  return {
    inputs,
    closes,
    async handle(input, sink) {
      inputs.push(input)
      await (options.handle ?? answerOk)(input, sink)
    },
    async explain(input) {
      inputs.push(input)
      return await (options.explain ?? explainNothing)(input)
    },
    authenticate(headers) {
      if (options.keys === undefined) return local
      const key = headerValue(headers, 'authorization')?.replace('Bearer ', '') ?? ''
      const principal = options.keys[key]
      if (principal === undefined) throw new GatewayError('unauthenticated', 'Unknown key.')
      return principal
    },
    models: async () => options.models ?? [],
    health: () => ({
      backends: [],
      readyTargets: 1,
      totalTargets: 1,
      uptimeMs: 1_500,
      openCalls: 0,
      ...options.health,
    }),
    events: { on: () => () => {} },
    apply: async () => {},
    attributeStray: () => undefined,
    async close({ graceMs }) {
      closes.push(graceMs)
    },
  }
}

function explainNothing({ operation, dialect }: CallInput): Explanation {
  return {
    operation,
    dialect: dialect.name,
    stream: false,
    principal: 'local',
    session: 's',
    affinityKey: 'a',
    decision: [],
    warnings: [],
    branches: [],
    skipped: [],
  }
}

function answerOk(_input: CallInput, sink: AnswerSink): void {
  sink.start(200, { 'content-type': 'application/json' })
  sink.end(Buffer.from('{"ok":true}'))
}
