import type { JsonObject } from '@jackfield/testkit'

/** A call that a model makes. */
export interface SaidCall {
  readonly id: string
  readonly name: string
  readonly arguments: JsonObject
}

/** What a model says, in no protocol's words. */
export interface Say {
  /** In pieces, as a stream brings it. */
  readonly text?: readonly string[]
  readonly reasoning?: readonly string[]
  readonly calls?: readonly SaidCall[]
  readonly refusal?: string
  /** Default: `stop`, or `calls` where there are some. */
  readonly end?: 'length' | 'stop-sequence' | 'filter'
  readonly usage?: {
    /** All of them, the cached ones included. */
    readonly input: number
    /** All of them, those of reasoning included. */
    readonly output: number
    readonly cached?: number
    readonly reasoning?: number
  }
}

/** The word at which models of these tests stop when it is a stop sequence. */
export const stopWord = 'HALT'
