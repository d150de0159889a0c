import type { FakeServer } from '@jackfield/testkit'
import type { DialectName } from './client.ts'
import type { Say } from './say.ts'

/** A strict fake provider of one protocol, behind a backend of the gateway. */
export interface Provider {
  readonly dialect: DialectName
  /** Members of its backend in the configuration. */
  readonly backend: Readonly<Record<string, unknown>>
  readonly server: FakeServer
  /** What its model says from now on. */
  say(next: Say): void
  /** Its next answer is an error with this status, in its own words. */
  fail(status: number): void
  /** Its next answer stops after its first words and never goes on. */
  hang(): Promise<HangingRequest>
  close(): Promise<void>
}

/** A request whose answer hangs. */
export interface HangingRequest {
  /** Resolves when the gateway has left. */
  readonly aborted: Promise<void>
}

/** The key that every fake knows. */
export const providerKey = 'sk-fake'

/** The model that every fake has. */
export const providerModel = 'fake-chat'
