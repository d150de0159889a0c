import {
  type AttemptContext,
  type Backend,
  type BackendContext,
  type CallHead,
  type CallView,
  type Clock,
  defaultNetwork,
  type NetworkDefaults,
  Secret,
  silentLogger,
  systemClock,
  type Target,
  type Timeouts,
  type WireRequest,
  type WireResult,
} from '@jackfield/core'
import {
  type HttpBackendDefinition,
  httpBackend,
  keyTargets,
  type Surface,
} from '../../src/index.ts'
import { stubDialect } from './stub-dialect.ts'

/** A key as it must never appear anywhere. */
export const keyText = 'sk-very-secret-0123456789'

const memory: BackendContext['state'] = {
  get: async () => undefined,
  set: async () => {},
  setIfAbsent: async () => true,
  compareAndSet: async () => true,
  increment: async () => 1,
  delete: async () => {},
  subscribe: () => () => {},
}

export interface TestBackendOptions {
  readonly surface?: Partial<Surface>
  readonly definition?: Partial<HttpBackendDefinition>
  readonly network?: Partial<Omit<NetworkDefaults, 'timeouts'>>
  readonly timeouts?: Partial<Timeouts>
  readonly clock?: Clock
}

function testContext(options: TestBackendOptions = {}): BackendContext {
  return {
    name: 'acme',
    log: silentLogger,
    clock: options.clock ?? systemClock,
    random: () => 0.5,
    state: memory,
    userAgent: 'jackfield/test',
    network: {
      ...defaultNetwork,
      ...options.network,
      timeouts: { ...defaultNetwork.timeouts, ...options.timeouts },
    },
  }
}

/** A backend with one surface and one key. */
export function testBackend(baseUrl: string, options: TestBackendOptions = {}): Backend {
  const surface: Surface = {
    name: 'main',
    dialect: stubDialect(),
    operations: ['chat', 'embeddings', 'opaque', 'resource'],
    baseUrl,
    auth: 'bearer',
    streaming: 'native',
    forwards: true,
    ...options.surface,
  }
  const targets = keyTargets({
    type: 'acme',
    baseUrl,
    keys: [{ name: 'ACME_API_KEY', value: new Secret(keyText) }],
    defaults: { strategy: 'round-robin', affinity: 'none' },
    stateScope: 'provider',
  })
  return httpBackend({ surfaces: [surface], targets, ...options.definition }, testContext(options))
}

export function wireRequest(request: Partial<WireRequest> = {}): WireRequest {
  return {
    surface: 'main',
    operation: 'chat',
    model: 'm',
    method: 'POST',
    path: '/chat/completions',
    headers: {},
    body: Buffer.from('{"model":"m"}'),
    framing: 'json',
    ...request,
  }
}

export interface SendOptions {
  readonly signal?: AbortSignal
  readonly timeouts?: Partial<Timeouts>
  readonly target?: Target
}

export function send(
  backend: Backend,
  request: Partial<WireRequest> = {},
  options: SendOptions = {},
): Promise<WireResult> {
  const { signal = new AbortController().signal, timeouts } = options
  const [first] = backend.targets.current()
  const target = options.target ?? first
  if (backend.send === undefined || target === undefined) throw new Error('nothing to send with')
  const context: AttemptContext = {
    call: callView(),
    target,
    signal,
    log: silentLogger,
    clock: systemClock,
    ...(timeouts === undefined ? {} : { timeouts }),
  }
  return backend.send(wireRequest(request), context)
}

export function callHead(head: Partial<CallHead> = {}): CallHead {
  return {
    operation: 'chat',
    model: 'm',
    stream: false,
    framing: 'json',
    includeUsage: false,
    ...head,
  }
}

export function callView(call: Partial<CallView> = {}): CallView {
  return {
    id: 'call-1',
    operation: 'chat',
    dialect: 'stub',
    path: '/v1/chat/completions',
    query: '',
    headers: {},
    head: callHead(),
    principal: { id: 'local', name: 'local' },
    bodyBytes: 0,
    session: 's',
    affinityKey: 'a',
    field: () => undefined,
    ...call,
  }
}
