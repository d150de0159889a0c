import type { GatewayError } from '../errors/gateway-error.ts'
import type { SelectOptions } from './select-options.ts'
import type { PlacementEvent } from './strategy.ts'
import type { Target } from './target.ts'
import type { TargetState } from './target-state.ts'
import type { TargetUse } from './target-use.ts'

/** A target in use. Exactly one `release` ends it. */
export interface TargetLease {
  readonly target: Target
  /** Targets that could not be chosen, in words. */
  readonly leftOut: readonly string[]
  /** Whether the provider has told meanwhile to leave the target alone. */
  readonly mustRest: boolean
  /** The first meaningful part came. */
  firstPart(): void
  /** Ends the use. `blame: false`: the call has cooled enough targets already. */
  release(result: 'done' | 'cancelled' | GatewayError, options?: { readonly blame: boolean }): void
}

/** What the pool wants to hear of a lease. */
export interface LeaseOwner {
  /** Whether its target is excluded hard now. */
  mustRest(lease: Lease): boolean
  observed(lease: Lease, event: PlacementEvent['event']): void
  /** It got a meaningful answer. */
  worked(lease: Lease): void
  /** Its answer ended well. */
  succeeded(lease: Lease): void
  failed(lease: Lease, error: GatewayError): void
  ended(lease: Lease): void
}

/** Counts a call in on its target, and out again exactly once. */
export class Lease implements TargetLease {
  readonly target: Target
  readonly leftOut: readonly string[]
  readonly state: TargetState
  readonly use: TargetUse
  readonly options: SelectOptions
  /** Monotonic time of its start. */
  readonly startedAt: number
  readonly #owner: LeaseOwner
  #open = true

  constructor(
    owner: LeaseOwner,
    fields: {
      readonly target: Target
      readonly state: TargetState
      readonly trial: boolean
      readonly leftOut: readonly string[]
      readonly options: SelectOptions
      readonly startedAt: number
    },
  ) {
    this.target = fields.target
    this.state = fields.state
    this.leftOut = fields.leftOut
    this.options = fields.options
    this.startedAt = fields.startedAt
    this.#owner = owner
    owner.observed(this, 'start')
    this.use = fields.state.start(fields.trial)
  }

  get mustRest(): boolean {
    return this.#owner.mustRest(this)
  }

  firstPart(): void {
    this.#owner.observed(this, 'first-part')
    if (this.#open) this.#owner.worked(this)
  }

  release(
    result: 'done' | 'cancelled' | GatewayError,
    { blame }: { readonly blame: boolean } = { blame: true },
  ): void {
    if (!this.#open) return
    this.#open = false
    this.state.stop(this.use)
    if (result === 'done') {
      this.#owner.worked(this)
      this.#owner.succeeded(this)
    } else if (result !== 'cancelled' && blame) {
      this.#owner.failed(this, result)
    }
    this.#owner.ended(this)
    this.#owner.observed(this, typeof result === 'string' ? result : 'failed')
  }
}
