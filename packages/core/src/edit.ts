import type { Headers } from './body.ts'
import type { CallParameters } from './chat/parameters.ts'
import type { JsonValue } from './json-value.ts'

/**
 * Replaces `[start, end)` of the decoded text (UTF-16 code units) of one text of one message. `message` and `text`
 * count as the dialect's `spans()` does. Applied to the client's bytes, before either way through, so that one edit
 * has one effect; deterministic, so that a resent history stays byte-stable.
 */
export interface TextEdit {
  readonly message: number
  readonly text: number
  readonly start: number
  readonly end: number
  readonly insert: string
}

/**
 * Takes one text of a message out, together with the part of the content that holds it: providers refuse parts without text. Only
 * where the content is a list of parts.
 */
export interface TextRemoval {
  readonly remove: 'text'
  readonly message: number
  readonly text: number
}

/** Takes a whole message out of the conversation. Only where the conversation is a list. */
export interface MessageRemoval {
  readonly remove: 'message'
  readonly message: number
}

/**
 * One change of a conversation. Indices count as `spans()` does in the body as the client sent it, whatever else is changed; of a text
 * or message that is taken out, every other change is void.
 */
export type ConversationEdit = TextEdit | TextRemoval | MessageRemoval

/**
 * A change of one top-level member of a provider's request body, said once as data: spliced into forwarded bytes,
 * applied to the object of a translated request. `absent`: only where the body has no such member.
 */
export type BodyPatch =
  | {
      readonly set: string
      readonly value: JsonValue
      readonly when?: 'always' | 'absent'
    }
  | { readonly remove: string }
  | { readonly rename: string; readonly to: string }

/** Everything that the gateway changes in a forwarded request. Absent members change nothing. */
export interface RequestEdit {
  /** The model as the provider calls it. */
  readonly model?: string
  /** Parameters above the body's: operator's, session's, selector's. */
  readonly overrides?: CallParameters
  /** Parameters below the body's. */
  readonly defaults?: CallParameters
  /** Ask the provider to tell the usage of a stream. */
  readonly includeUsage?: boolean
  readonly patches?: readonly BodyPatch[]
  readonly conversation?: readonly ConversationEdit[]
  /** The client's headers, which go along with the body: they may tell the version of the protocol, and so what a body may say. */
  readonly headers?: Headers
}
