import { type FakeServer, type FakeServerOptions, startFakeServer } from './fake-server.ts'
import type { ChatAnswer } from './openai/chat-answer.ts'
import type { ChatStreamStyle } from './openai/chat-stream.ts'
import type { FakeRuleId } from './openai/check-request.ts'
import { defaultAnswer } from './openai/default-answer.ts'
import type { FakeModels } from './openai/models.ts'
import { providerHandler } from './openai/provider-handler.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Handler, ScriptStep, Steps } from './script.ts'
import { type KeyBehaviour, type KeyPlace, keyIn } from './strict/keys.ts'
import { openAIError, type ProviderProblem } from './strict/refusal.ts'
import type { JsonObject, Rule } from './strict/rule.ts'

/** How a provider differs from OpenAI, and what it answers. Everything has a default: OpenAI itself with the key `sk-fake`. */
export interface OpenAIChatFakeOptions extends FakeServerOptions {
  /** What stands before `/chat/completions`. Default `/v1`. */
  readonly basePath?: string
  /** The keys it knows and how it treats each. Default `{ 'sk-fake': 'ok' }`. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>
  /** Where it expects them. Default `bearer`. */
  readonly keyPlace?: KeyPlace
  /** Default `['fake-chat', 'fake-embed']`. */
  readonly models?: FakeModels
  /** `refused`: answers 400 to `stream: true`. Default `native`. */
  readonly stream?: 'native' | 'refused'
  /** The top-level fields that chat accepts. Default: those of OpenAI. */
  readonly parameters?: readonly string[]
  /** Rules that are not held. */
  readonly withoutRules?: readonly FakeRuleId[]
  /** More rules for chat, by a name of their own. */
  readonly extraRules?: Readonly<Record<string, Rule>>
  /** What the model says. Default: {@link defaultAnswer}. */
  readonly answer?: (request: JsonObject) => ChatAnswer
  /** Where the parts of an answer are put. An own usage chunk is only sent when the request asks for it. */
  readonly style?: ChatStreamStyle
  /** What is played instead of the steps of a good answer: gates between its writes, a cut, a wait before it. */
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  /** The body of an error answer. Default: the OpenAI envelope. */
  readonly renderError?: (problem: ProviderProblem) => unknown
  /** Further operations, by `METHOD /path` below `basePath`; they need a good key too. */
  readonly routes?: Readonly<Record<string, Handler>>
}

/** A running fake provider. */
export interface OpenAIChatFake extends AsyncDisposable {
  /** The server under it: recorded requests, gates, faults. */
  readonly server: FakeServer
  /** What to configure as the provider's base URL: origin and base path. */
  readonly baseUrl: string
  /** Changes how a key is treated from now on; a new key becomes known. */
  setKey(key: string, behaviour: KeyBehaviour): void
  /** The keys of the requests to `path` (default `/chat/completions`), in their order; undefined where there was no valid one. */
  keysUsed(path?: string): readonly (string | undefined)[]
  /** As {@link FakeServer.close}. */
  close(): Promise<void>
}

/** Starts a strict OpenAI-compatible provider: chat, legacy completions, embeddings, models. The caller closes it. */
export async function startOpenAIChatFake(
  options: OpenAIChatFakeOptions = {},
): Promise<OpenAIChatFake> {
  const { basePath = '/v1', keyPlace = 'bearer' } = options
  const keys = new Map(Object.entries(options.keys ?? { 'sk-fake': 'ok' }))
  const server = await startFakeServer(openAIChatHandler(options, keys), options)
  return {
    server,
    baseUrl: `${server.url}${basePath}`,
    setKey: (key, behaviour) => void keys.set(key, behaviour),
    keysUsed: (path = '/chat/completions') =>
      server.requests
        .filter((request) => request.path === `${basePath}${path}`)
        .map((request) => keyIn(request, keyPlace)),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** What such a provider answers; `keys` are those that it knows at the moment, in place of the option. */
export function openAIChatHandler(
  options: OpenAIChatFakeOptions,
  keys: ReadonlyMap<string, KeyBehaviour>,
): Handler {
  return providerHandler({
    basePath: options.basePath ?? '/v1',
    keys,
    keyPlace: options.keyPlace ?? 'bearer',
    models: options.models ?? ['fake-chat', 'fake-embed'],
    streams: options.stream !== 'refused',
    ...(options.parameters && { parameters: options.parameters }),
    off: new Set<string>(options.withoutRules),
    extraRules: options.extraRules ?? {},
    answer: options.answer ?? defaultAnswer,
    style: options.style ?? {},
    play: options.play ?? ((steps) => steps),
    renderError: options.renderError ?? openAIError,
    routes: options.routes ?? {},
  })
}
