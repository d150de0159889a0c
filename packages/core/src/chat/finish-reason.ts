import type { Extensions } from './content.ts'

/**
 * Why an answer ended. `pause`: the provider wants to be called again with the answer so far (server tools).
 * `error`: the provider says that generation broke, but ended the answer regularly. `other`: a word nobody knows;
 * the raw word travels beside it.
 */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'pause'
  | 'error'
  | 'other'

/** The end of an answer. */
export interface Finish {
  readonly reason: FinishReason
  /** The provider's own word. */
  readonly raw?: string
  /** The stop sequence that matched, where the provider names it. */
  readonly stopSequence?: string
  /** Members of the wire's end without a canonical name, shown again only in their own dialect. */
  readonly extensions?: Extensions
}
