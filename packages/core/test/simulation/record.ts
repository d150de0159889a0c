import type { ErrorCode } from '../../src/errors/codes.ts'
import type { AttemptEnd, CallEnd, TargetState } from '../../src/events.ts'
import type { FakeSink } from '../support/fake-sink.ts'
import type { Fault } from './fault.ts'
import type { PlannedCall, Schedule } from './schedule.ts'

/** What a provider told about when to come back. */
export interface Told {
  readonly order: number
  readonly at: number
  readonly hintMs?: number
}

/** One request as a provider saw it. */
export interface Seen {
  /** Of everything that happened in the simulation. */
  readonly order: number
  readonly at: number
  readonly call: string
  readonly backend: string
  readonly target: string
  readonly model: string
  /** What became of it on the provider's side. */
  readonly kind: 'good' | Fault['kind']
  /** How a gateway has to call that. */
  readonly code?: ErrorCode
  /** The provider's word about a failure, once it has been said. */
  told?: Told
  /** When all of a good answer had been sent. */
  goodAt?: number
  /** When it was over, whoever ended it. */
  closedAt?: number
}

/** One client with what it saw. */
export interface Client {
  readonly call: PlannedCall
  readonly sink: FakeSink
  readonly id: string | undefined
  readonly startedAt: number
  /** When the first meaningful part came. */
  readonly firstText?: { readonly order: number; readonly at: number }
  readonly leftAt?: number
  readonly endedAt?: number
}

/** What the gateway told of itself, in the order in which it did. */
export type Event =
  | { readonly order: number; readonly at: number; readonly target: TargetState }
  | { readonly order: number; readonly at: number; readonly attempt: AttemptEnd }

/** Everything that was seen from outside. */
export interface Record {
  readonly schedule: Schedule
  readonly seen: readonly Seen[]
  readonly clients: readonly Client[]
  readonly events: readonly Event[]
  /** What the gateway logged of every call. */
  readonly ends: readonly CallEnd[]
  /** What is wrong, found while it happened. */
  readonly problems: string[]
}
