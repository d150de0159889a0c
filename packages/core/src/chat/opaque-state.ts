import type { JsonValue } from '../json-value.ts'

/**
 * Who accepts a piece of opaque state. `dialect` is the wire protocol that it was read from; `scope` is the
 * `stateScope` of the target that made it (the whole provider, an organisation, or one account).
 * Absent while a client's history has not been matched with a known origin.
 */
export interface StateOrigin {
  readonly dialect: string
  readonly scope: string
}

/**
 * State of a model that only its origin can read: Anthropic `signature` and redacted thinking, Gemini
 * `thoughtSignature`, OpenAI `encrypted_content`, OpenRouter `reasoning_details`. It is returned unchanged to that
 * origin and left out everywhere else.
 */
export interface OpaqueState {
  readonly kind:
    | 'signature'
    | 'redacted-thinking'
    | 'thought-signature'
    | 'encrypted-content'
    | 'reasoning-details'
    /** No state: the id of a tool call that came without any. Who made the call tells whether its provider misses some. */
    | 'call'
  readonly data: JsonValue
  /** The provider's id of the item that carries the state (`rs_…`), where it has one. */
  readonly id?: string
  readonly origin?: StateOrigin
}
