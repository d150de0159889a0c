import { FakeClock } from '../fake-clock.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import { FakeSink } from '../support/fake-sink.ts'
import { Dice } from './dice.ts'
import { modelProvider, type World } from './provider-model.ts'
import type { Client, Event, Record, Seen } from './record.ts'
import { type Backends, checkReturn } from './return-to-service.ts'
import { drawSchedule, type PlannedCall, type Schedule, selectorOf } from './schedule.ts'

/** Longest time in which calls may still be answered after the last one began. */
const tailMs = 1_000_000

/** Milliseconds after which the backend of a simulation is given up by the host: a deaf one has no other end. */
const timeouts = { connectMs: 1_000, firstByteMs: 15_000, idleMs: 60_000, totalMs: 20_000 }

/** Plays the schedule of a seed, and tells everything that was seen of it. */
export async function simulate(seed: number): Promise<Record> {
  const dice = new Dice(seed)
  return await new Simulation(drawSchedule(seed, dice), dice).run()
}

class Simulation {
  readonly #schedule: Schedule
  readonly #dice: Dice
  readonly #clock = new FakeClock()
  readonly #seen: Seen[] = []
  readonly #events: Event[] = []
  readonly #clients: SimClient[] = []
  readonly #problems: string[] = []
  #order = 0

  constructor(schedule: Schedule, dice: Dice) {
    this.#schedule = schedule
    this.#dice = dice
  }

  async run(): Promise<Record> {
    const fake = await this.#open()
    this.#listen(fake)
    const { calls, reloadAt } = this.#schedule
    for (const call of calls) this.#clock.after(call.at, () => this.#start(fake, call))
    if (reloadAt !== undefined) this.#clock.after(reloadAt, () => this.#reload(fake))
    const last = Math.max(...calls.map(({ at }) => at))
    await this.#clock.advance(last)
    await this.#settleCalls(fake, last + tailMs)
    await this.#checkReturn(fake)
    await fake.expectRest()
    this.#checkAccounts(fake)
    await fake.gateway.close({ graceMs: 0 })
    return {
      schedule: this.#schedule,
      seen: this.#seen,
      clients: this.#clients,
      events: this.#events,
      ends: fake.events['call-end'],
      problems: this.#problems,
    }
  }

  #config(maxResponseBytes: number) {
    const { backends, limits, breaker, retries, firstTokenMs } = this.#schedule
    const world: World = {
      schedule: this.#schedule,
      clock: this.#clock,
      dice: this.#dice,
      next: this.#next,
      seen: this.#seen,
    }
    return {
      backends: backends.map((plan) => modelProvider(plan, world).config(plan.name)),
      limits,
      breaker,
      retryBudget: retries,
      network: { maxResponseBytes, timeouts: { ...timeouts, firstTokenMs } },
    }
  }

  async #open(): Promise<FakeGateway> {
    const { clock } = { clock: this.#clock }
    return await fakeGateway({ ...this.#config(1e6), clock, random: () => this.#dice.next() })
  }

  /** Every backend is made anew; what is known of targets stays. */
  #reload(fake: FakeGateway): void {
    fake.gateway.apply(this.#config(2e6)).catch((error: unknown) => {
      this.#problems.push(`reload: ${error}`)
    })
  }

  readonly #next = () => {
    this.#order += 1
    return this.#order
  }

  #listen({ gateway }: FakeGateway): void {
    const at = () => ({ order: this.#next(), at: this.#clock.monotonic() })
    gateway.events.on('target-state', (target) => this.#events.push({ ...at(), target }))
    gateway.events.on('attempt-end', (attempt) => this.#events.push({ ...at(), attempt }))
  }

  #start(fake: FakeGateway, call: PlannedCall): SimClient {
    const client = new SimClient(call, this.#clock, this.#next)
    this.#clients.push(client)
    client.start(fake)
    if (call.leavesAfterMs !== undefined) {
      this.#clock.after(call.leavesAfterMs, () => this.#leave(client))
    }
    return client
  }

  /** Whatever runs for a client ends in the moment in which it goes away. */
  #leave(client: SimClient): void {
    if (!client.leave()) return
    this.#clock.after(0, () => {
      const { name } = client.call
      const open = this.#seen.filter((one) => one.call === name && one.closedAt === undefined)
      if (open.length > 0) this.#problems.push(`${name} left, and ${open.length} requests go on`)
      if (client.endedAt === undefined) this.#problems.push(`${name} left, and its call goes on`)
    })
  }

  async #settleCalls(fake: FakeGateway, limit: number): Promise<void> {
    await this.#clock.until(Promise.all(this.#clients.map(({ done }) => done)), limit)
    if (fake.gateway.health().openCalls > 0) this.#problems.push('a call stays open')
  }

  async #checkReturn(fake: FakeGateway): Promise<void> {
    const backends: Backends = this.#schedule.backends
    const problems = await checkReturn({
      backends,
      fake,
      clock: this.#clock,
      events: this.#events,
      calmAt: this.#schedule.calmAt,
      ask: async (selector) => {
        const [backend = '', target = ''] = selector.split(/[.:]/)
        const call = this.#extraCall({ backend, target, model: 'm' })
        const client = this.#start(fake, call)
        await this.#clock.until(client.done)
        const requests = this.#seen.filter((one) => one.call === call.name).length
        return { status: client.sink.status, requests }
      },
    })
    this.#problems.push(...problems)
  }

  /** Every request is accounted for, and nothing surprised the gateway. */
  #checkAccounts({ events, logged }: FakeGateway): void {
    const attempts = events['attempt-end'].length
    if (attempts !== this.#seen.length) {
      this.#problems.push(`${attempts} attempts told of ${this.#seen.length} requests`)
    }
    const failures = logged.filter(([level]) => level === 'error')
    this.#problems.push(...failures.map(([, message]) => `logged as an error: ${message}`))
  }

  #extraCall(leaf: PlannedCall['leaves'][number]): PlannedCall {
    const name = `x${this.#clients.length}`
    return { name, at: this.#clock.monotonic(), leaves: [leaf], joiner: '|', stream: true }
  }
}

/** A client that says what it saw, and when. */
class SimClient implements Client {
  readonly call: PlannedCall
  readonly sink: FakeSink
  readonly startedAt: number
  readonly #clock: FakeClock
  #leave: () => void = () => {}
  #done: Promise<void> = Promise.resolve()
  firstText?: { readonly order: number; readonly at: number }
  leftAt?: number
  endedAt?: number

  constructor(call: PlannedCall, clock: FakeClock, next: () => number) {
    this.call = call
    this.#clock = clock
    this.startedAt = clock.monotonic()
    this.sink = new NotingSink(() => {
      this.firstText ??= { order: next(), at: clock.monotonic() }
    })
  }

  get id(): string | undefined {
    const id = this.sink.headers['x-jackfield-request-id']
    return typeof id === 'string' ? id : undefined
  }

  get done(): Promise<void> {
    return this.#done
  }

  start(fake: FakeGateway): void {
    const { call } = this
    const { name, poison, stream } = call
    const text = poison === undefined ? name : `${name} ${poison}`
    const made = fake.call({ body: { model: selectorOf(call), text, stream }, sink: this.sink })
    this.#leave = made.leave
    this.#done = made.done.then(() => {
      this.endedAt = this.#clock.monotonic()
    })
  }

  /** Returns whether there was anything to leave. */
  leave(): boolean {
    if (this.endedAt !== undefined) return false
    this.leftAt = this.#clock.monotonic()
    this.#leave()
    return true
  }
}

/** Notes when something meaningful came. */
class NotingSink extends FakeSink {
  readonly #onText: () => void

  constructor(onText: () => void) {
    super()
    this.#onText = onText
  }

  override write(chunk: Uint8Array): boolean {
    if (saysSomething(chunk)) this.#onText()
    return super.write(chunk)
  }

  override end(chunk?: Uint8Array): void {
    if (chunk !== undefined && saysSomething(chunk)) this.#onText()
    super.end(chunk)
  }
}

/** Every word of a provider of a simulation has the mark of its attempt. */
function saysSomething(chunk: Uint8Array): boolean {
  return Buffer.from(chunk).includes('#')
}
