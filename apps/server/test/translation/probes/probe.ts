import type { JsonObject } from '@jackfield/core'
import type { Protocol } from '../support/protocols.ts'

/** One thing in the words of every protocol that has some for it. */
export interface Concept {
  readonly title: string
  /** Members that are put into the smallest request (or answer) of a protocol, in the words of its clients (or providers). */
  readonly said: Partial<Readonly<Record<Protocol, JsonObject>>>
}

/** One table of the page. */
export interface Topic {
  readonly title: string
  readonly intro?: string
  /** Where in a request (or answer) the words are put and looked for; the whole, if absent. */
  readonly place?: Partial<Readonly<Record<Protocol, string>>>
  /** Members that are there in any case. */
  readonly beside?: Partial<Readonly<Record<Protocol, JsonObject>>>
  /** Members that are not shown, because another table is about them. */
  readonly hidden?: readonly string[]
  /** Models that requests go to, where they are not the usual ones. */
  readonly models?: Partial<Readonly<Record<Protocol, string>>>
  readonly concepts: readonly Concept[]
}

/** A provider's failure: the words are its body. */
export interface ErrorConcept {
  readonly title: string
  readonly status: Partial<Readonly<Record<Protocol, number>>> | number
  readonly headers?: Readonly<Record<string, string>>
  readonly said: Partial<Readonly<Record<Protocol, JsonObject>>>
}
