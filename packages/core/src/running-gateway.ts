import { applyConfig } from './apply-config.ts'
import { currentAttribution } from './attribution.ts'
import type { GatewayConfig } from './config.ts'
import { GatewayError } from './errors/gateway-error.ts'
import type { Gateway, GatewayHealth } from './gateway.ts'
import { backendHealth } from './health.ts'
import { listModels } from './model-list.ts'
import { explainCall } from './pipeline/explain.ts'
import type { HandlerEnvironment } from './pipeline/handler-environment.ts'
import type { OpenCall } from './pipeline/open-call.ts'
import { handleCall, type OpenCalls } from './pipeline/pipeline.ts'
import type { Snapshot } from './pipeline/snapshot.ts'
import type { SharedExclusions } from './pool/shared-exclusions.ts'
import { type BackendInstance, brokenBackend } from './registry/backend-instance.ts'
import type { RegistryEnvironment } from './registry/environment.ts'
import { Slots } from './slots.ts'

/** Milliseconds that calls get to end after they were aborted. */
const abortGraceMs = 2_000

/** Everything that outlives a configuration. */
export interface GatewayEnvironment extends RegistryEnvironment, HandlerEnvironment {
  readonly sharing: SharedExclusions
}

/** The one implementation of a gateway. Has no configuration before the first `apply`. */
export class RunningGateway implements Gateway {
  readonly #environment: GatewayEnvironment
  readonly #open: OpenCalls = new Slots()
  readonly #handling = new Slots<Promise<void>>()
  /** Backends that a configuration does not name any more, perhaps still in use. */
  readonly #retired = new Set<BackendInstance>()
  readonly #started: number
  #snapshot: Snapshot | undefined
  #applying: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(environment: GatewayEnvironment) {
    this.#environment = environment
    this.#started = environment.clock.monotonic()
  }

  get events(): Gateway['events'] {
    return this.#environment.events
  }

  /** The configuration of new calls. Throws before the first one. */
  get snapshot(): Snapshot {
    if (this.#snapshot === undefined) throw new TypeError('the gateway has no configuration yet')
    return this.#snapshot
  }

  get #instances(): ReadonlyMap<string, BackendInstance> {
    return this.#snapshot?.instances ?? new Map<string, BackendInstance>()
  }

  handle(...[input, sink]: Parameters<Gateway['handle']>): Promise<void> {
    const handled = handleCall(input, sink, {
      snapshot: this.snapshot,
      environment: this.#environment,
      open: this.#open,
      ...(this.#closing === undefined ? {} : { refusal: closing() }),
    })
    const slot = this.#handling.add(handled)
    // It never rejects.
    return handled.then(() => this.#handling.remove(slot))
  }

  explain(...[input]: Parameters<Gateway['explain']>): ReturnType<Gateway['explain']> {
    return explainCall(input, { snapshot: this.snapshot, environment: this.#environment })
  }

  authenticate(
    ...[headers]: Parameters<Gateway['authenticate']>
  ): ReturnType<Gateway['authenticate']> {
    return this.snapshot.authenticate(headers)
  }

  models(...[principal]: Parameters<Gateway['models']>): ReturnType<Gateway['models']> {
    return listModels(this.snapshot, principal)
  }

  health(): GatewayHealth {
    const { clock } = this.#environment
    const now = clock.now()
    const backends = [...this.#instances.values()].map((instance) => backendHealth(instance, now))
    const targets = backends.flatMap((backend) => backend.targets)
    return {
      backends,
      readyTargets: targets.filter(({ state }) => state === 'ready').length,
      totalTargets: targets.length,
      uptimeMs: clock.monotonic() - this.#started,
      openCalls: this.#open.size,
    }
  }

  /** Applies one configuration after the other: two reloads in a row end with the second. */
  apply(config: GatewayConfig): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(config))
    this.#applying = applied.catch(() => {})
    return applied
  }

  async #apply(config: GatewayConfig): Promise<void> {
    if (this.#closing !== undefined) throw closing()
    const previous = this.#snapshot
    const { snapshot, changes, retired } = await applyConfig(config, previous, this.#environment)
    this.#snapshot = snapshot
    for (const instance of retired) this.#retire(instance)
    previous?.use.retire()
    this.#environment.events.emit('config-applied', changes)
  }

  #retire(instance: BackendInstance): void {
    this.#retired.add(instance)
    void instance.retire().then(() => this.#retired.delete(instance))
  }

  attributeStray(error: unknown): string | undefined {
    const blamed = currentAttribution()
    if (blamed === undefined) return undefined
    const { backend, callId } = blamed
    const instance = this.#instances.get(backend)
    if (instance !== undefined) instance.faulty = true
    this.#environment.events.emit('backend-fault', { ...blamed, error })
    if (callId !== undefined) this.#find(callId)?.abort(brokenBackend(backend, error))
    return backend
  }

  #find(callId: string): OpenCall | undefined {
    return this.#open.all().find(({ id }) => id === callId)
  }

  close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  async #close(graceMs: number): Promise<void> {
    await this.#applying
    await this.#callsEnd(graceMs)
    for (const call of this.#open.all()) call.abort(closing())
    await this.#callsEnd(abortGraceMs)
    this.#environment.sharing.close()
    const instances = new Set([...this.#instances.values(), ...this.#retired])
    await Promise.all([...instances].map((instance) => instance.dispose()))
  }

  /** Waits until no call is open, at most so many milliseconds. */
  async #callsEnd(ms: number): Promise<void> {
    if (this.#handling.size === 0) return
    const { promise: tooLate, resolve } = Promise.withResolvers<void>()
    const timer = this.#environment.clock.after(ms, resolve)
    await Promise.race([Promise.allSettled(this.#handling.all()), tooLate])
    timer.cancel()
  }
}

function closing(): GatewayError {
  return new GatewayError(
    'no_available_target',
    'The gateway is shutting down. Try again in a moment.',
    { retryAfterMs: 1_000 },
  )
}
