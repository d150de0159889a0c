import type { Backend, WireResult } from '../../src/backend.ts'
import { type ErrorCode, errorPolicies } from '../../src/errors/codes.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { fixedTargets } from '../../src/pool/target.ts'
import type { FakeClock } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { type Line, line } from '../support/fake-dialect.ts'
import {
  answer,
  dialectA,
  dialectB,
  type Exchange,
  FakeProvider,
  fakeTarget,
} from '../support/fake-provider.ts'
import type { Dice } from './dice.ts'
import type { Fault } from './fault.ts'
import type { Seen } from './record.ts'
import type { BackendPlan, Schedule } from './schedule.ts'

/** Milliseconds that pass until the provider's head, between the pieces of its answer, and while a credential is renewed. */
const latency = { head: 200, piece: 400, renewal: 2_000 } as const

/** How a gateway must call what a provider does that is no plain failure. */
const codeOf: Partial<Record<Fault['kind'], ErrorCode>> = {
  hangs: 'upstream_timeout',
  deaf: 'upstream_timeout',
  mute: 'upstream_timeout',
  cut: 'upstream_invalid_response',
  garbage: 'upstream_invalid_response',
  breaks: 'stream_interrupted',
  stalls: 'stream_interrupted',
  expired: 'upstream_credentials_rejected',
}

/** What the providers of a simulation need. */
export interface World {
  readonly schedule: Schedule
  readonly clock: FakeClock
  readonly dice: Dice
  /** The next number in the order of everything. */
  readonly next: () => number
  readonly seen: Seen[]
}

/** One backend with the provider behind it. */
export function modelProvider(plan: BackendPlan, world: World): FakeProvider {
  const renewed = new Set<string>()
  const model = new ProviderModel(plan, world, renewed)
  const backend: Partial<Backend> = plan.probes
    ? { probe: async ({ name }) => model.probe(name) }
    : {}
  const targets = plan.targets.map((name) =>
    fakeTarget(name, plan.name, plan.renews ? { refresh: () => model.renew(name) } : {}),
  )
  const { streaming, affinity } = plan
  return new FakeProvider(
    {
      source: fixedTargets(targets, { strategy: 'round-robin', affinity }),
      dialect: plan.speaks === 'same' ? dialectA : dialectB,
      streaming,
      backend,
    },
    (exchange) => model.respond(exchange),
  )
}

class ProviderModel {
  readonly #plan: BackendPlan
  readonly #world: World
  readonly #renewed: Set<string>

  constructor(plan: BackendPlan, world: World, renewed: Set<string>) {
    this.#plan = plan
    this.#world = world
    this.#renewed = renewed
  }

  respond(exchange: Exchange): Promise<WireResult> {
    const { clock, next, seen } = this.#world
    const { request, target } = exchange
    const [call = '', poison] = String(exchange.body['text']).split(' ')
    const { model } = request
    const fault = this.#poisonOf(poison) ?? this.#faultOf(target, model)
    const code = fault === undefined ? undefined : 'code' in fault ? fault.code : codeOf[fault.kind]
    const one: Seen = {
      order: next(),
      at: clock.monotonic(),
      call,
      backend: this.#plan.name,
      target,
      model,
      kind: fault?.kind ?? 'good',
      ...(code === undefined ? {} : { code }),
    }
    seen.push(one)
    return new Play(one, exchange, this.#world).run(fault)
  }

  /** Whether a rejected credential works again. */
  probe(target: string): GatewayError | undefined {
    const fault = this.#faultOf(target, '')
    const isRejected = fault?.kind === 'fails' && fault.code === 'upstream_credentials_rejected'
    return isRejected ? new GatewayError(fault.code, 'The probe failed.') : undefined
  }

  renew(target: string): Promise<void> {
    const { clock, dice } = this.#world
    return new Promise((resolve) => {
      clock.after(dice.int(0, latency.renewal), () => {
        this.#renewed.add(target)
        resolve()
      })
    })
  }

  #poisonOf(poison: string | undefined): Fault | undefined {
    if (poison === undefined || !isCode(poison)) return undefined
    return { kind: 'fails', code: poison, final: false }
  }

  #faultOf(target: string, model: string): Fault | undefined {
    const now = this.#world.clock.monotonic()
    const window = this.#world.schedule.windows.find(
      ({ backend, target: only = target, from, to, fault }) =>
        backend === this.#plan.name &&
        only === target &&
        from <= now &&
        now < to &&
        !(fault.kind === 'fails' && fault.model !== undefined && fault.model !== model) &&
        !(fault.kind === 'expired' && (this.#renewed.has(target) || !this.#plan.renews)),
    )
    return window?.fault
  }
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorPolicies, text)
}

/** One answer, played over time. Ends as soon as the gateway does not want it any more. */
class Play {
  readonly #seen: Seen
  readonly #exchange: Exchange
  readonly #world: World
  readonly #body: WatchedBody
  readonly #result = Promise.withResolvers<WireResult>()
  #over = false

  constructor(seen: Seen, exchange: Exchange, world: World) {
    this.#seen = seen
    this.#exchange = exchange
    this.#world = world
    this.#body = new WatchedBody(() => this.#close())
  }

  run(fault: Fault | undefined): Promise<WireResult> {
    const { signal } = this.#exchange.context
    signal.addEventListener('abort', () => this.#abort(signal.reason), { once: true })
    this.#later(this.#world.dice.int(0, latency.head), () => this.#begin(fault))
    return this.#result.promise
  }

  #abort(reason: GatewayError): void {
    this.#close()
    // A backend that does not mind being aborted never answers.
    if (this.#seen.kind !== 'deaf') this.#result.resolve({ failed: reason })
  }

  #begin(fault: Fault | undefined): void {
    switch (fault?.kind) {
      case 'fails':
        this.#fail(fault.code, fault)
        return
      case 'expired':
        this.#fail('upstream_credentials_rejected', { recover: 'refresh' })
        return
      case 'deaf':
        return
      case 'hangs':
        this.#later(fault.ms, () => this.#fail('upstream_timeout', {}))
        return
      default:
        this.#result.resolve(answer(this.#body, this.#exchange.request.framing))
        this.#send(fault)
    }
  }

  #fail(
    code: ErrorCode,
    options: { readonly hintMs?: number; readonly final?: boolean; readonly recover?: 'refresh' },
  ): void {
    const { hintMs, final, recover } = options
    this.#tell(hintMs)
    this.#close()
    const isRejected = code === 'upstream_credentials_rejected'
    const failed = new GatewayError(code, `The provider says ${code}.`, {
      ...(hintMs === undefined ? {} : { retryAfterMs: hintMs }),
      ...(final === true ? { final } : {}),
      ...(recover !== undefined || isRejected ? { recover: 'refresh' as const } : {}),
    })
    this.#result.resolve({ failed })
  }

  #send(fault: Exclude<Fault, { kind: 'fails' | 'hangs' | 'deaf' | 'expired' }> | undefined): void {
    if (this.#exchange.request.framing === 'json') this.#sendWhole(fault)
    else this.#sendStream(fault)
  }

  #sendWhole(fault: Fault | undefined): void {
    const { order, call } = this.#seen
    const text = `${call}#${order}/1 ${call}#${order}/2 `
    const whole = (value: Line) => () => this.#write(JSON.stringify({ done: 'stop', ...value }))
    const wait = fault?.kind === 'slow' ? fault.ms : this.#world.dice.int(0, latency.piece)
    switch (fault?.kind) {
      case 'mute':
        return
      case 'tells':
        this.#later(wait, () => this.#write(JSON.stringify({ error: fault.code })))
        break
      case 'cut':
      case 'breaks':
      case 'garbage':
        this.#later(wait, () => this.#write('{"text":"'))
        break
      case 'stalls':
        this.#later(fault.ms, () => this.#break('upstream_timeout'))
        return
      default:
        this.#later(wait, whole({ text: fault?.kind === 'empty' ? '' : text, usage: 2 }))
    }
    this.#later(wait, () => this.#end(fault))
  }

  #sendStream(fault: Fault | undefined): void {
    const { order, call } = this.#seen
    const { dice } = this.#world
    const say =
      (...lines: readonly Line[]) =>
      () =>
        this.#write(lines.map(line).join(''))
    say({ start: `id${order}` }, { text: '' })()
    if (fault?.kind === 'mute') return
    let at = fault?.kind === 'slow' ? fault.ms : dice.int(0, latency.piece)
    if (this.#breaksEarly(fault, at)) return
    if (fault?.kind !== 'empty') this.#later(at, say({ text: `${call}#${order}/1 ` }))
    at += dice.int(0, latency.piece)
    if (this.#breaksLate(fault, at)) return
    if (fault?.kind !== 'empty') this.#later(at, say({ text: `${call}#${order}/2 ` }))
    at += dice.int(0, latency.piece)
    this.#later(at, say({ usage: 2 }, { done: 'stop' }))
    this.#later(at, () => this.#end(fault))
  }

  #breaksEarly(fault: Fault | undefined, at: number): boolean {
    if (fault?.kind === 'tells') {
      this.#later(at, () => this.#write(line({ error: fault.code })))
    } else if (fault?.kind === 'garbage') {
      this.#later(at, () => this.#write('what?\n'))
    } else if (fault?.kind !== 'cut') return false
    this.#later(at, () => this.#end(fault))
    return true
  }

  #breaksLate(fault: Fault | undefined, at: number): boolean {
    if (fault?.kind === 'breaks') this.#later(at, () => this.#break('upstream_unreachable'))
    else if (fault?.kind === 'stalls')
      this.#later(at + fault.ms, () => this.#break('upstream_timeout'))
    else return false
    return true
  }

  #write(text: string): void {
    this.#body.write(text)
  }

  #break(code: ErrorCode): void {
    this.#tell(undefined)
    this.#body.fail(new GatewayError(code, 'The connection broke.'))
    this.#close()
  }

  #end(fault: Fault | undefined): void {
    const isGood = fault === undefined || fault.kind === 'slow' || fault.kind === 'empty'
    if (isGood) this.#seen.goodAt = this.#world.clock.monotonic()
    else this.#tell(undefined)
    this.#body.end()
    this.#close()
  }

  #tell(hintMs: number | undefined): void {
    const at = this.#world.clock.monotonic()
    this.#seen.told = { order: this.#world.next(), at, ...(hintMs === undefined ? {} : { hintMs }) }
  }

  #close(): void {
    this.#over = true
    this.#seen.closedAt ??= this.#world.clock.monotonic()
  }

  #later(ms: number, step: () => void): void {
    this.#world.clock.after(ms, () => {
      if (!this.#over) step()
    })
  }
}

/** A body that tells when its receiver does not want it any more. */
class WatchedBody extends FakeBody {
  readonly #onCancel: () => void

  constructor(onCancel: () => void) {
    super()
    this.#onCancel = onCancel
  }

  override cancel(reason: GatewayError): void {
    super.cancel(reason)
    this.#onCancel()
  }
}
