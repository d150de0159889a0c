import type { Secret } from '../secret.ts'

/**
 * What a pool balances, cools down and probes: one API key, one account, or one inference server.
 */
export interface Target {
  /** Hash of what identifies it (key, account, URL): survives a reload, never reveals the credential. */
  readonly id: string
  /** What people read, and what `backend.name:model` selects: the name of a variable, an account, a server. */
  readonly name: string
  /** Share of the traffic under the `weighted` strategy; positive. */
  readonly weight: number
  /** Whether it serves this model; absent: it serves all of the backend's models. */
  serves?(model: string): boolean
  /** Who accepts opaque reasoning state made here: the same text on all targets that accept each other's. */
  readonly stateScope: string
  /** The credential for one attempt. May refresh it first; the signal ends the wait. */
  credential?(signal: AbortSignal): Promise<Credential> | Credential
  /** Renews the credential after the provider rejected it. The host calls it once per rejection, single-flight. */
  refresh?(): Promise<void>
}

/** A credential for one attempt. */
export interface Credential {
  readonly secret: Secret
  /** Further header values that belong to the account (organisation, project). */
  readonly headers?: Readonly<Record<string, string>>
}

/** How a pool chooses among its targets, unless the operator says otherwise. */
export interface PoolDefaults {
  /** Name of a strategy: `round-robin` or `weighted` here, more in `@jackfield/placement`. */
  readonly strategy: string
  /** `soft`: a session stays on its target while that is healthy, which keeps provider prompt caches warm. */
  readonly affinity: 'none' | 'soft'
}

/** The targets of one backend as they are now. */
export interface TargetSource {
  current(): readonly Target[]
  /** Tells every change. Returns the end of the subscription. */
  subscribe(listener: (targets: readonly Target[]) => void): () => void
  readonly defaults: PoolDefaults
}

/** A source whose targets never change. */
export function fixedTargets(targets: readonly Target[], defaults: PoolDefaults): TargetSource {
  return { current: () => targets, subscribe: () => () => {}, defaults }
}
