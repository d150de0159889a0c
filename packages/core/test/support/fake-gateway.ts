import assert from 'node:assert'
import { getEventListeners } from 'node:events'
import type { CallInput } from '../../src/call.ts'
import type { GatewayConfig } from '../../src/config.ts'
import { createGateway, type GatewayOptions } from '../../src/create-gateway.ts'
import type { GatewayEvents } from '../../src/events.ts'
import type { Gateway } from '../../src/gateway.ts'
import type { Logger } from '../../src/log.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { dialectA } from './fake-provider.ts'
import { FakeSink } from './fake-sink.ts'

/** What was logged: level, message, fields. */
export type Logged = readonly [level: keyof Logger, message: string, fields: object]

/** A call that a test makes, and what its client sees. */
export interface FakeCall {
  readonly sink: FakeSink
  /** Resolves when the gateway is done with it. */
  readonly done: Promise<void>
  readonly signal: AbortSignal
  /** The client goes away. */
  leave(): void
}

export interface CallOptions extends Partial<Omit<CallInput, 'body' | 'signal'>> {
  readonly body?: object | Uint8Array | CallInput['body']
  readonly sink?: FakeSink
}

/** A gateway on virtual time with fake backends, and everything that it tells. */
export class FakeGateway {
  readonly gateway: Gateway
  readonly clock: FakeClock
  readonly logged: Logged[]
  readonly events: { [Name in keyof GatewayEvents]: GatewayEvents[Name][] } = {
    'call-start': [],
    'attempt-end': [],
    'call-end': [],
    'target-state': [],
    'backend-fault': [],
    'answer-invalid': [],
    'config-applied': [],
  }
  readonly #calls: FakeCall[] = []

  constructor(gateway: Gateway, clock: FakeClock, logged: Logged[]) {
    this.gateway = gateway
    this.clock = clock
    this.logged = logged
    this.#listen('call-start')
    this.#listen('attempt-end')
    this.#listen('call-end')
    this.#listen('target-state')
    this.#listen('backend-fault')
    this.#listen('answer-invalid')
    this.#listen('config-applied')
  }

  /** Starts a call. A chat call of the fake dialect unless the options say otherwise. */
  call(options: CallOptions = {}): FakeCall {
    const { body = { model: 'm', text: 'hi' }, sink = new FakeSink(), ...input } = options
    const client = new AbortController()
    const isSource = 'start' in body && typeof body.start === 'function'
    const done = this.gateway.handle(
      {
        operation: 'chat',
        dialect: dialectA,
        method: 'POST',
        path: '/chat',
        query: '',
        headers: {},
        ...input,
        body: (isSource || body instanceof Uint8Array
          ? body
          : Buffer.from(JSON.stringify(body))) as NonNullable<CallInput['body']>,
        signal: client.signal,
      },
      sink,
    )
    const call = { sink, done, signal: client.signal, leave: () => client.abort() }
    this.#calls.push(call)
    return call
  }

  /** Makes a call and waits for its end. */
  async ask(options: CallOptions = {}): Promise<FakeSink> {
    const { sink, done } = this.call(options)
    await done
    return sink
  }

  /** Makes a streaming call, not waiting for its end. */
  async stream(body: object = {}, options: CallOptions = {}): Promise<FakeCall> {
    const call = this.call({ ...options, body: { model: 'm', text: 'hi', stream: true, ...body } })
    await settle()
    return call
  }

  get lastEnd() {
    const end = this.events['call-end'].at(-1)
    assert(end !== undefined, 'a call has ended')
    return end
  }

  /** What must hold when all calls have ended, however they did. */
  async expectRest(): Promise<void> {
    await settle()
    const { openCalls, backends } = this.gateway.health()
    assert.equal(openCalls, 0, 'no call is open')
    for (const { name, targets } of backends) {
      for (const target of targets) {
        assert.equal(target.inFlight, 0, `nothing is in flight on ${name}.${target.name}`)
      }
    }
    for (const { signal } of this.#calls) {
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener stays on a signal')
    }
    assert.equal(this.events['call-end'].length, this.#calls.length, 'every call ends once')
  }

  #listen<Name extends keyof GatewayEvents>(name: Name): void {
    const seen: GatewayEvents[Name][] = this.events[name]
    this.gateway.events.on(name, (event) => seen.push(event))
  }
}

export type FakeGatewayOptions = Partial<Omit<GatewayOptions, 'config' | 'clock'>> &
  GatewayConfig & { readonly clock?: FakeClock }

/** Creates a gateway of backends on a clock of its own. Randomness always answers the middle. */
export async function fakeGateway(options: FakeGatewayOptions): Promise<FakeGateway> {
  const {
    stages,
    strategies,
    store,
    random,
    log: _,
    version,
    clock = new FakeClock(),
    ...config
  } = options
  const logged: Logged[] = []
  const record = (level: keyof Logger) => (fields: object, message: string) => {
    logged.push([level, message, fields])
  }
  const gateway = await createGateway({
    config,
    clock,
    random: random ?? (() => 0.5),
    log: {
      debug: record('debug'),
      info: record('info'),
      warn: record('warn'),
      error: record('error'),
    },
    ...(stages === undefined ? {} : { stages }),
    ...(strategies === undefined ? {} : { strategies }),
    ...(store === undefined ? {} : { store }),
    ...(version === undefined ? {} : { version }),
  })
  return new FakeGateway(gateway, clock, logged)
}
