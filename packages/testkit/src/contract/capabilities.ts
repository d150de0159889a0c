/** What a backend can do: real differences between providers. Declaring less does not hide a fault, for the declaration is checked. */
export interface BackendCapabilities {
  /**
   * How the provider answers: in a stream or not as it is asked, never in a stream, always in one. `virtual`: there is no provider, the
   * backend answers by itself. Default: `native`.
   */
  readonly streaming?: 'native' | 'never' | 'always' | 'virtual'
  /** Whether calls in the provider's own protocol travel as the client's bytes. Default: true. */
  readonly forwards?: boolean
  /** Whether tools reach the model and its calls the client. Default: true. */
  readonly tools?: boolean
  /** Whether reasoning text reaches the client. Default: true. */
  readonly reasoning?: boolean
  /** Whether legacy completions are served. Default: true. */
  readonly completions?: boolean
  /** Whether embeddings are served. Default: true. */
  readonly embeddings?: boolean
  /** Whether tokens are counted by the provider, where its protocol can. Default: true. */
  readonly counting?: boolean
  /** Whether operations are served that pass unread (files, images). Default: true. */
  readonly opaque?: boolean
  /** Where the list of models comes from: the provider, with or without a list of its own behind it, or only a list of its own. Default: `upstream`. */
  readonly models?: 'upstream' | 'upstream-or-known' | 'known'
  /** Whether `probe()` finds out that a key is rejected. Default: true. */
  readonly probe?: boolean
  /** Whether it takes API keys. Default: true. */
  readonly keys?: boolean
  /** Whether the provider's address can be configured. Default: true. */
  readonly baseUrl?: boolean
}

/** Capabilities, every choice made. */
export type Capabilities = Required<BackendCapabilities>

const ofProviders: Capabilities = {
  streaming: 'native',
  forwards: true,
  tools: true,
  reasoning: true,
  completions: true,
  embeddings: true,
  counting: true,
  opaque: true,
  models: 'upstream',
  probe: true,
  keys: true,
  baseUrl: true,
}

/** Without a provider there is nothing that these could be about. */
const ofVirtual: Capabilities = {
  ...ofProviders,
  streaming: 'virtual',
  forwards: false,
  tools: false,
  reasoning: false,
  embeddings: false,
  counting: false,
  opaque: false,
  models: 'known',
  probe: false,
  keys: false,
  baseUrl: false,
}

/** Fills in what a declaration leaves open. Throws for what cannot be true of a backend without a provider. */
export function resolveCapabilities(declared: BackendCapabilities = {}): Capabilities {
  if (declared.streaming !== 'virtual') return { ...ofProviders, ...declared }
  const wrong = Object.entries(declared).filter(
    ([name, value]) => value === true && name !== 'completions',
  )
  if (wrong.length === 0) return { ...ofVirtual, ...declared }
  throw new TypeError(
    `A virtual backend has no provider: leave out capabilities.${wrong.map(([name]) => name).join(', ')}`,
  )
}
