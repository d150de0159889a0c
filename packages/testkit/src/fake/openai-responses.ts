import { type FakeServer, type FakeServerOptions, startFakeServer } from './fake-server.ts'
import type { FakeModels } from './openai/models.ts'
import { type OpenAIChatFakeOptions, openAIChatHandler } from './openai-chat.ts'
import type { ResponsesAnswer } from './openai-responses/answer.ts'
import type { ResponsesRuleId } from './openai-responses/check-request.ts'
import { defaultResponsesAnswer } from './openai-responses/default-answer.ts'
import { responsesHandler } from './openai-responses/handler.ts'
import { createMemories } from './openai-responses/memory.ts'
import type { ResponsesStreamStyle } from './openai-responses/stream.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Handler, ScriptStep, Steps } from './script.ts'
import { type KeyBehaviour, type KeyPlace, keyIn } from './strict/keys.ts'
import { openAIError, type ProviderProblem } from './strict/refusal.ts'
import type { JsonObject, Rule } from './strict/rule.ts'

/** The chat surface of a provider that has both; keys and addresses are those of the provider. */
export type ChatSurfaceOptions = Omit<
  OpenAIChatFakeOptions,
  'basePath' | 'keys' | 'keyPlace' | 'timer'
>

/** What a Responses provider knows and answers. Everything has a default: OpenAI itself with the key `sk-fake`. */
export interface OpenAIResponsesFakeOptions extends FakeServerOptions {
  /** What stands before `/responses`. Default `/v1`. */
  readonly basePath?: string
  /** The keys it knows and how it treats each. Default `{ 'sk-fake': 'ok' }`. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>
  /** Where it expects them. Default `bearer`. */
  readonly keyPlace?: KeyPlace
  /** Default `['fake-chat', 'fake-embed']`. */
  readonly models?: FakeModels
  /** Rules that are not held. */
  readonly withoutRules?: readonly ResponsesRuleId[]
  /** More rules for `POST /responses`, by a name of their own. */
  readonly extraRules?: Readonly<Record<string, Rule>>
  /** What the model says; `conversation` is all that it is shown, stored items included. Default: {@link defaultResponsesAnswer}. */
  readonly answer?: (request: JsonObject, conversation: readonly JsonObject[]) => ResponsesAnswer
  /** How it streams; `encrypt` and `seed` replace what makes state and ids its own. */
  readonly style?: ResponsesStreamStyle
  /** What is played instead of the steps of a good answer: gates between its writes, a cut, a wait before it. */
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  /** The body of an error answer. Default: the OpenAI envelope. */
  readonly renderError?: (problem: ProviderProblem) => unknown
  /** Further operations, by `METHOD /path` below `basePath` (`{id}` is any segment); they need a good key too. */
  readonly routes?: Readonly<Record<string, Handler>>
  /** Serves OpenAI Chat on the same server. Default: only this protocol. */
  readonly chat?: ChatSurfaceOptions | true
  /**
   * Who accepts encrypted reasoning back and sees what was stored: all keys of the provider, or only the key that it was made for.
   * Default `provider`.
   */
  readonly stateScope?: 'provider' | 'key'
  /** Keys that belong to an organisation, whatever `stateScope` says: keys of the same one share state and stored responses. */
  readonly organisations?: Readonly<Record<string, string>>
  /** What state is sealed with: fakes with the same secret accept each other's. Default: every fake has its own. */
  readonly secret?: string
  /** How many retrievals find a background response in progress before it is finished; 0 or more. Default 1. */
  readonly backgroundPolls?: number
}

/** A running fake provider. */
export interface OpenAIResponsesFake extends AsyncDisposable {
  /** The server under it: recorded requests, gates, faults. */
  readonly server: FakeServer
  /** What to configure as the provider's base URL: origin and base path. */
  readonly baseUrl: string
  /** Changes how a key is treated from now on; a new key becomes known. */
  setKey(key: string, behaviour: KeyBehaviour): void
  /** The keys of the requests to `path` (default `/responses`), in their order; undefined where there was no valid one. */
  keysUsed(path?: string): readonly (string | undefined)[]
  /** As {@link FakeServer.close}. */
  close(): Promise<void>
}

/** Counts the fakes of this process that were given no secret. */
let unnamed = 0

/**
 * Starts a strict provider of the Responses API: responses with everything that is stored of them, token counts, compaction, models.
 * It accepts no reasoning state that is foreign, altered or out of place. The caller closes it.
 */
export async function startOpenAIResponsesFake(
  options: OpenAIResponsesFakeOptions = {},
): Promise<OpenAIResponsesFake> {
  const { basePath = '/v1', keyPlace = 'bearer' } = options
  const keys = new Map(Object.entries(options.keys ?? { 'sk-fake': 'ok' }))
  const server = await startFakeServer(handlerOf(options, keys), options)
  return {
    server,
    baseUrl: `${server.url}${basePath}`,
    setKey: (key, behaviour) => void keys.set(key, behaviour),
    keysUsed: (path = '/responses') =>
      server.requests
        .filter((request) => request.path === `${basePath}${path}`)
        .map((request) => keyIn(request, keyPlace)),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

function handlerOf(
  options: OpenAIResponsesFakeOptions,
  keys: ReadonlyMap<string, KeyBehaviour>,
): Handler {
  const { basePath = '/v1', keyPlace = 'bearer', models = ['fake-chat', 'fake-embed'] } = options
  const { chat, stateScope, organisations = {} } = options
  const surface = chat === true ? {} : chat
  const memoryOf = createMemories(options.secret ?? ownSecret())
  const shared = stateScope !== 'key'
  return responsesHandler({
    basePath,
    keys,
    keyPlace,
    models,
    off: new Set<string>(options.withoutRules),
    extraRules: options.extraRules ?? {},
    answer: options.answer ?? defaultResponsesAnswer,
    style: options.style ?? {},
    play: options.play ?? ((steps) => steps),
    renderError: options.renderError ?? openAIError,
    routes: options.routes ?? {},
    backgroundPolls: options.backgroundPolls ?? 1,
    memoryOf: (key = '') => memoryOf(organisations[key] ?? (shared ? 'provider' : `key ${key}`)),
    ...(surface && {
      chat: openAIChatHandler({ models, ...surface, basePath, keyPlace }, keys),
    }),
  })
}

function ownSecret(): string {
  unnamed += 1
  return `secret ${unnamed}`
}
