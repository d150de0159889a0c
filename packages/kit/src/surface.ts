import type {
  BodyPatch,
  CallHead,
  CallView,
  Credential,
  Dialect,
  GatewayError,
  Operation,
  RawAnswer,
  WireRequest,
} from '@jackfield/core'
import type { Unwrapper } from './transport/unwrapped-body.ts'

/**
 * How a credential is sent: as `Authorization: Bearer`, as the value of another header, as headers that a function
 * makes, or not at all. A target without a credential is asked without one, whatever stands here.
 */
export type SurfaceAuth =
  | 'bearer'
  | 'none'
  | { readonly header: string }
  | ((credential: Credential) => Readonly<Record<string, string>>)

/** One protocol that a provider speaks at one address, as data. */
export interface Surface {
  /** Unique in its backend; shown in routes and logs. */
  readonly name: string
  readonly dialect: Dialect
  /** What is sent here. `chat` makes it a surface that other dialects are translated to. */
  readonly operations: readonly Operation[]
  /**
   * Address of the provider. A path is taken as it is; where there is none, {@link defaultPath} is added. A target with an address of
   * its own replaces it.
   */
  readonly baseUrl: string
  /** Path of an address that is written without one (`/v1`). Default: none. */
  readonly defaultPath?: string
  /**
   * Version that all of the provider's paths begin with (`/v1beta`), added to an address that ends in none, whatever path that
   * has. Default: none.
   */
  readonly version?: string
  readonly auth: SurfaceAuth
  /** Sent with every request. They replace what clients send under the same names. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent where a client's request does not carry headers of these names. */
  readonly defaultHeaders?: Readonly<Record<string, string>>
  /** Paths below the base URL that differ from the dialect's; `{model}` stands for the model. */
  readonly paths?: Readonly<Partial<Record<Operation, string>>>
  /** Whether answers to `chat` and `completions` can come as streams, only come so, or as asked. */
  readonly streaming: 'native' | 'never' | 'always'
  /** Whether a call of the same dialect may travel as the client's bytes. */
  readonly forwards: boolean | ((head: CallHead, call: CallView) => boolean)
  /** What this provider needs changed in request bodies: a list for `chat` and `completions`, a function for all calls. */
  readonly patches?:
    | readonly BodyPatch[]
    | ((head: CallHead, call: CallView) => readonly BodyPatch[])
  readonly envelope?: Envelope
  /**
   * Corrects the class of a failure that the dialect cannot know: `error` is what the dialect made of the answer.
   * Returns it, or another one.
   */
  classify?(answer: RawAnswer, error: GatewayError): GatewayError
}

/** Something around each request and answer of a dialect. The host sees only what is inside. */
export interface Envelope {
  wrapBody(body: Uint8Array, request: WireRequest): Uint8Array
  /** A whole answer. May throw a `GatewayError`. */
  unwrapBody(body: Uint8Array): Uint8Array
  /** For one stream. */
  unwrapStream(): Unwrapper
}
