import { randomUUID } from 'node:crypto'
import { type FakeServer, type FakeServerOptions, startFakeServer } from './fake-server.ts'
import type { GeminiAnswer, GeminiStyle } from './gemini/answer.ts'
import type { GeminiRuleId } from './gemini/check-request.ts'
import { defaultGeminiAnswer } from './gemini/default-answer.ts'
import { geminiError } from './gemini/error-envelope.ts'
import { geminiKey } from './gemini/keys.ts'
import type { GeminiSurface } from './gemini/message-type.ts'
import { geminiHandler } from './gemini/provider-handler.ts'
import { createThoughtSigner } from './gemini/thought-signer.ts'
import type { FakeModels } from './openai/models.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Handler, ScriptStep, Steps } from './script.ts'
import type { KeyBehaviour } from './strict/keys.ts'
import type { ProviderProblem } from './strict/refusal.ts'
import type { JsonObject, Rule } from './strict/rule.ts'

/** How a Gemini differs from Google's, and what it answers. Everything has a default: Google's newest models with the key `sk-fake`. */
export interface GeminiFakeOptions extends FakeServerOptions {
  /** What stands before `/models`. Default `/v1beta`. */
  readonly basePath?: string
  /** The keys it knows and how it treats each. A `retryAfter` in seconds becomes a `RetryInfo`. Default `{ 'sk-fake': 'ok' }`. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>
  /**
   * Default `['fake-chat', 'fake-embed']`. Further members of an entry appear in the listing; `supportedGenerationMethods` and
   * `thinking: false` are held to.
   */
  readonly models?: FakeModels
  /** Whose fields are known: those of the public API, or those of Vertex. Default `gemini`. */
  readonly surface?: GeminiSurface
  /** Rules that are not held. */
  readonly withoutRules?: readonly GeminiRuleId[]
  /** More rules for generations, by a name of their own; they see the body in camelCase. */
  readonly extraRules?: Readonly<Record<string, Rule>>
  /** What the signatures are made with: fakes of one secret accept each other's. Default: one of its own. */
  readonly secret?: string
  /** Where a signature is accepted: by the whole provider, or only with the key that it was given to. Default `provider`. */
  readonly stateScope?: 'provider' | 'key'
  /** Whether calls of the current turn must come back with their signatures, as Gemini 3 asks. Default `true`. */
  readonly requiresSignatures?: boolean
  /** Whether tools of Google's and functions may stand in one request; before Gemini 3 they may not. Default `accepted`. */
  readonly mixedTools?: 'accepted' | 'refused'
  /** What the model says to a request (in camelCase). Default: {@link defaultGeminiAnswer}. */
  readonly answer?: (request: JsonObject, model: string) => GeminiAnswer
  /** How it is spelled; `sign` replaces the signatures of the fake. */
  readonly style?: GeminiStyle
  /** What is played instead of the steps of a good answer: gates between its writes, a cut, a wait before it. */
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  /** The body of an error answer. Default: Google's envelope. An array is put around it where Google does. */
  readonly renderError?: (problem: ProviderProblem) => unknown
  /** Further operations, by `METHOD /path` below `basePath`; they need a good key too. */
  readonly routes?: Readonly<Record<string, Handler>>
}

/** A running fake Gemini. */
export interface GeminiFake extends AsyncDisposable {
  /** The server under it: recorded requests, gates, faults. */
  readonly server: FakeServer
  /** What to configure as the provider's base URL: origin and base path. */
  readonly baseUrl: string
  /** Changes how a key is treated from now on; a new key becomes known. */
  setKey(key: string, behaviour: KeyBehaviour): void
  /** The keys of the requests to `path` (default: to every model's every method), in their order; undefined where there was no valid one. */
  keysUsed(path?: string): readonly (string | undefined)[]
  /** As {@link FakeServer.close}. */
  close(): Promise<void>
}

/** Starts a strict Gemini: generations, token counts, embeddings, models. The caller closes it. */
export async function startGeminiFake(options: GeminiFakeOptions = {}): Promise<GeminiFake> {
  const { basePath = '/v1beta', secret = randomUUID(), stateScope = 'provider' } = options
  const keys = new Map(Object.entries(options.keys ?? { 'sk-fake': 'ok' }))
  const handler = geminiHandler({
    basePath,
    keys,
    models: options.models ?? ['fake-chat', 'fake-embed'],
    surface: options.surface ?? 'gemini',
    off: rulesOff(options),
    extraRules: options.extraRules ?? {},
    signerFor: (key) => createThoughtSigner(secret, stateScope === 'key' ? `key ${key}` : ''),
    answer: options.answer ?? defaultGeminiAnswer,
    style: options.style ?? {},
    play: options.play ?? ((steps) => steps),
    renderError: options.renderError ?? geminiError,
    routes: options.routes ?? {},
  })
  const server = await startFakeServer(handler, options)
  return {
    server,
    baseUrl: `${server.url}${basePath}`,
    setKey: (key, behaviour) => void keys.set(key, behaviour),
    keysUsed: (path) =>
      server.requests
        .filter((request) => isAsked(request, basePath, path))
        .map((request) => geminiKey(request)),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

function rulesOff(options: GeminiFakeOptions): ReadonlySet<string> {
  const { requiresSignatures = true, mixedTools = 'accepted', withoutRules = [] } = options
  return new Set<string>([
    ...withoutRules,
    ...(requiresSignatures ? [] : ['thought-signature-required']),
    ...(mixedTools === 'refused' ? [] : ['mixed-tools']),
  ])
}

function isAsked(request: RecordedRequest, basePath: string, path: string | undefined): boolean {
  if (path !== undefined) return request.path === `${basePath}${path}`
  return request.method === 'POST' && request.path.startsWith(`${basePath}/models/`)
}
