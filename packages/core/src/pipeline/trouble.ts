import type { GatewayError } from '../errors/gateway-error.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'

/**
 * Where a call has failed so far, and whether its next attempt there would be one more load on a provider in trouble. A rejected
 * key, a limit that is reached or a model that is lacking are no trouble.
 */
export class Trouble {
  /** Whether the last failure there was trouble. */
  readonly #failed = new Map<BackendInstance, boolean>()

  note(instance: BackendInstance, error: GatewayError): void {
    this.#failed.set(instance, error.policy.cools === 'target')
  }

  /** Counts an attempt where it belongs. */
  begin(instance: BackendInstance): void {
    const inTrouble = this.#failed.get(instance)
    if (inTrouble === undefined) instance.pool.retries.began()
    else if (inTrouble) instance.pool.retries.spend()
  }

  /** Whether the backend has had its share of retries. */
  isDenied(instance: BackendInstance): boolean {
    return this.#failed.get(instance) === true && !instance.pool.retries.allows
  }
}
