import type {
  AttemptEnd,
  Backend,
  CallEnd,
  Gateway,
  Headers,
  NamedSecret,
  TargetState,
} from '@jackfield/core'
import type { FakeServer } from '../../fake/fake-server.ts'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import type { RecordedRequest } from '../../fake/recorded-request.ts'
import { eventStream, reply, type ScriptStep } from '../../fake/script.ts'
import type { Lane } from '../lanes.ts'
import type { ProviderFake, Subject } from '../options.ts'
import { within } from '../waiting.ts'
import type { Client, ClientRequest } from '../wire/client.ts'
import { ClientCall } from './client-call.ts'
import { everythingOf, type RecordingLog } from './recording-log.ts'
import type { Spy } from './spy.ts'
import type { TestClock } from './test-clock.ts'

/** What a rig is made of. */
export interface RigParts {
  readonly subject: Subject
  readonly fake: ProviderFake
  readonly gateway: Gateway
  readonly spy: Spy
  readonly log: RecordingLog
  readonly clock: TestClock
  readonly keys: readonly NamedSecret[]
}

/** The name of the backend in every rig. */
export const backendName = 'contract'

/** A gateway with the one backend, in front of a fake provider. Everything that it says is kept. */
export class Rig implements RigParts, AsyncDisposable {
  readonly subject: Subject
  readonly fake: ProviderFake
  readonly gateway: Gateway
  readonly spy: Spy
  readonly log: RecordingLog
  readonly clock: TestClock
  readonly keys: readonly NamedSecret[]
  readonly ends: CallEnd[] = []
  /** Those of the backend under test. */
  readonly attempts: AttemptEnd[] = []
  readonly changes: TargetState[] = []

  constructor(parts: RigParts) {
    this.subject = parts.subject
    this.fake = parts.fake
    this.gateway = parts.gateway
    this.spy = parts.spy
    this.log = parts.log
    this.clock = parts.clock
    this.keys = parts.keys
    const { events } = this.gateway
    events.on('call-end', (end) => this.ends.push(end))
    events.on('attempt-end', (end) => {
      if (end.outcome.route.backend === backendName) this.attempts.push(end)
    })
    events.on('target-state', (change) => this.changes.push(change))
  }

  get server(): FakeServer {
    return this.fake.server
  }

  /** The backend itself, unwatched. */
  get backend(): Backend {
    if (this.spy.backend === undefined) throw new Error('the gateway made no backend')
    return this.spy.backend
  }

  /** Starts a call on a lane. */
  call(
    lane: Pick<Lane, 'client' | 'stream'>,
    request: Partial<ClientRequest> = {},
    headers?: Headers,
  ): ClientCall {
    return this.callAs(lane.client, { stream: lane.stream, ...request }, headers)
  }

  /** Starts a call of a client. */
  callAs(client: Client, request: Partial<ClientRequest> = {}, headers?: Headers): ClientCall {
    const { model } = this.subject
    return new ClientCall({
      gateway: this.gateway,
      client,
      request: { model, text: 'Hello.', stream: false, ...request },
      ...(headers === undefined ? {} : { headers }),
    })
  }

  /** A whole call, from its start to its end. */
  async ask(...call: Parameters<Rig['call']>): Promise<ClientCall> {
    const started = this.call(...call)
    await started.done
    return started
  }

  /** The request number `count` (from 1; default: the next one) at the provider. Rejects when it does not come. */
  arrival(count?: number): Promise<RecordedRequest> {
    return within(2_000, this.server.waitForRequest(count), 'no request came to the provider')
  }

  /** From now on the provider gives this answer on this lane, whatever it is asked. */
  says(lane: Lane, answer: ChatAnswer): void {
    this.server.respondWith(this.stepsOf(lane, answer))
  }

  stepsOf(lane: Lane, answer: ChatAnswer): readonly ScriptStep[] {
    const { wire } = this.subject
    return lane.upstreamStream
      ? eventStream(wire.frames(answer))
      : reply(200, wire.body(answer), { 'content-type': 'application/json' })
  }

  /** Everything that the gateway has let out besides answers: log lines, events, health. */
  said(): string {
    const { log, ends, attempts, changes, gateway } = this
    return [
      log.lines.join('\n'),
      ...[ends, attempts, changes, gateway.health()].map(everythingOf),
    ].join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.close({ graceMs: 0 })
    await this.fake.close()
  }
}
