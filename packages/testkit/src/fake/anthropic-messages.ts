import { randomUUID } from 'node:crypto'
import type { AnthropicAnswer } from './anthropic/anthropic-answer.ts'
import type { AnthropicStreamStyle } from './anthropic/anthropic-stream.ts'
import type { AnthropicRuleId } from './anthropic/check-request.ts'
import { anthropicDefaultAnswer } from './anthropic/default-answer.ts'
import { modelEntries } from './anthropic/model-list.ts'
import { anthropicError } from './anthropic/provider-error.ts'
import { anthropicHandler } from './anthropic/provider-handler.ts'
import { reasoningState } from './anthropic/reasoning-state.ts'
import { turnLedger } from './anthropic/turn-ledger.ts'
import { type FakeServer, type FakeServerOptions, startFakeServer } from './fake-server.ts'
import type { FakeModels } from './openai/models.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Handler, ScriptStep, Steps } from './script.ts'
import { type KeyBehaviour, type KeyPlace, keyIn } from './strict/keys.ts'
import type { ProviderProblem } from './strict/refusal.ts'
import type { JsonObject, Rule } from './strict/rule.ts'

/** How a provider differs from Anthropic, and what it answers. Everything has a default: Anthropic itself with the key `sk-fake`. */
export interface AnthropicFakeOptions extends FakeServerOptions {
  /** What stands before `/messages`. Default `/v1`. */
  readonly basePath?: string
  /** The keys it knows and how it treats each; a refusal's `code` becomes `error.details.error_code`. Default `{ 'sk-fake': 'ok' }`. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>
  /** Where it expects them. Default the header `x-api-key`. */
  readonly keyPlace?: KeyPlace
  /** Members of an entry beside `id` appear in the listing; `max_tokens` and `capabilities` are held against requests. Default `['fake-chat']`. */
  readonly models?: FakeModels
  /** Rules that are not held. */
  readonly withoutRules?: readonly AnthropicRuleId[]
  /** More rules for messages and for counting their tokens, by a name of their own. */
  readonly extraRules?: Readonly<Record<string, Rule>>
  /** What the model says. Default: {@link anthropicDefaultAnswer}. */
  readonly answer?: (request: JsonObject) => AnthropicAnswer
  /** How an answer is spelled. */
  readonly style?: AnthropicStreamStyle
  /** What is played instead of the steps of a good answer: gates between its writes, a cut, a wait before it. */
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  /** The body of an error answer. Default: Anthropic's envelope. */
  readonly renderError?: (problem: ProviderProblem, requestId: string) => unknown
  /** Further operations, by `METHOD /path` below `basePath`; they need a good key too. */
  readonly routes?: Readonly<Record<string, Handler>>
  /** Who may send a thinking block back: everybody with a good key, or only the key to which it was given. Default `provider`. */
  readonly stateScope?: 'provider' | 'key'
  /** The organisation of a key, by key: thinking belongs to it, whatever the scope is. */
  readonly organisations?: Readonly<Record<string, string>>
  /** With what thinking blocks are signed: fakes with the same secret accept each other's. Default: one of its own. */
  readonly secret?: string
  /**
   * When the last assistant turn of a tool loop must begin with thinking, while thinking is on: when the answer of this fake began with it (`own`), or, with
   * `thinking.type` `enabled`, also when the turn comes from elsewhere (`always`). Default `own`.
   */
  readonly thinkingFirst?: 'own' | 'always'
  /** Whether the models go on with the text of an assistant. Default `allowed`. */
  readonly prefill?: 'allowed' | 'refused'
}

/** A running fake Anthropic. */
export interface AnthropicFake extends AsyncDisposable {
  /** The server under it: recorded requests, gates, faults. */
  readonly server: FakeServer
  /** What to configure as the provider's base URL: origin and base path. */
  readonly baseUrl: string
  /** Changes how a key is treated from now on; a new key becomes known. */
  setKey(key: string, behaviour: KeyBehaviour): void
  /** The keys of the requests to `path` (default `/messages`), in their order; undefined where there was no valid one. */
  keysUsed(path?: string): readonly (string | undefined)[]
  /** As {@link FakeServer.close}. */
  close(): Promise<void>
}

/** Starts a strict Anthropic: messages, token counts, models. The caller closes it. */
export async function startAnthropicFake(
  options: AnthropicFakeOptions = {},
): Promise<AnthropicFake> {
  const { basePath = '/v1', keyPlace = { header: 'x-api-key' } } = options
  const { stateScope = 'provider', organisations = {} } = options
  const keys = new Map(Object.entries(options.keys ?? { 'sk-fake': 'ok' }))
  const handler = anthropicHandler({
    basePath,
    keys,
    keyPlace,
    models: modelEntries(options.models ?? ['fake-chat']),
    off: new Set<string>(options.withoutRules),
    extraRules: options.extraRules ?? {},
    answer: options.answer ?? anthropicDefaultAnswer,
    style: options.style ?? {},
    play: options.play ?? ((steps) => steps),
    renderError: options.renderError ?? anthropicError,
    routes: options.routes ?? {},
    state: reasoningState(options.secret ?? randomUUID()),
    ledger: turnLedger(),
    scopeOf: (key) => organisations[key] ?? (stateScope === 'provider' ? 'provider' : `key ${key}`),
    thinkingFirst: options.thinkingFirst ?? 'own',
    prefill: options.prefill ?? 'allowed',
  })
  const server = await startFakeServer(handler, options)
  return {
    server,
    baseUrl: `${server.url}${basePath}`,
    setKey: (key, behaviour) => void keys.set(key, behaviour),
    keysUsed: (path = '/messages') =>
      server.requests
        .filter((request) => request.path === `${basePath}${path}`)
        .map((request) => keyIn(request, keyPlace)),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}
