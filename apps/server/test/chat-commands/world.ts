import {
  type FakeServer,
  type RecordedRequest,
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import type { DialectName, Heard, SdkClient, Turn } from '../compatibility/client.ts'
import { anthropicClient } from '../compatibility/clients/anthropic.ts'
import { chatClient } from '../compatibility/clients/chat.ts'
import { geminiClient } from '../compatibility/clients/gemini.ts'
import { responsesClient } from '../compatibility/clients/responses.ts'
import { loadTestConfig, startGateway, type TestGateway } from '../end-to-end/harness.ts'

interface Fake {
  readonly server: FakeServer
  readonly baseUrl: string
  close(): Promise<void>
}

/** A strict provider that speaks the client's own protocol, so that its requests are forwarded. */
const providers: Readonly<
  Record<DialectName, { readonly backend: object; start(): Promise<Fake> }>
> = {
  'openai-chat': {
    backend: { type: 'openai-compatible' },
    start: () => startOpenAIChatFake({ models: ['first', 'second', 'third'] }),
  },
  'openai-responses': {
    backend: { type: 'openai', dialect: 'openai-responses', speaks: ['openai-responses'] },
    start: () => startOpenAIResponsesFake({ models: ['first', 'second', 'third'] }),
  },
  'anthropic-messages': {
    backend: { type: 'anthropic' },
    start: () => startAnthropicFake({ models: ['first', 'second', 'third'] }),
  },
  gemini: {
    backend: { type: 'gemini', speaks: ['gemini'] },
    start: () => startGeminiFake({ models: ['first', 'second', 'third', 'gemini-2.5-flash'] }),
  },
}

const clients: Readonly<Record<DialectName, (url: string, model: string) => SdkClient>> = {
  'openai-chat': chatClient,
  'openai-responses': responsesClient,
  'anthropic-messages': anthropicClient,
  gemini: geminiClient,
}

/** A gateway in front of two providers, `a` and `b`, of which `a` is the default. */
export interface World {
  readonly gateway: TestGateway
  readonly a: FakeServer
  readonly b: FakeServer
  readonly client: SdkClient
  /** Uses other settings, with the backends of these names; all unless told. */
  reload(settings: object, names?: readonly ('a' | 'b')[]): Promise<void>
}

/** What was asked of a provider for an answer, in its order. */
export function asked({ requests }: FakeServer): readonly RecordedRequest[] {
  return requests.filter(({ method, path }) => method === 'POST' && !path.includes('count'))
}

export async function startWorld(
  dialect: DialectName,
  { settings = {}, translated = false }: { settings?: object; translated?: boolean } = {},
): Promise<World> {
  // The provider that speaks another protocol: what the client sends is translated.
  const other = dialect === 'openai-chat' ? 'anthropic-messages' : 'openai-chat'
  const { backend, start } = providers[translated ? other : dialect]
  const [a, b] = await Promise.all([start(), start()])
  onTestFinished(async () => void (await Promise.all([a.close(), b.close()])))
  const configured = (fake: Fake) => ({
    ...backend,
    base_url: fake.baseUrl,
    api_keys: ['sk-fake'],
  })
  const backends = { a: configured(a), b: configured(b) }
  const yaml = (more: object, names: readonly ('a' | 'b')[] = ['a', 'b']) =>
    stringify({
      backends: Object.fromEntries(names.map((name) => [name, backends[name]])),
      default_backend: 'a',
      validate_answers: 1,
      ...more,
    })
  const gateway = await startGateway(yaml(settings))
  const client = clients[dialect](gateway.url, 'first')
  return {
    gateway,
    a: a.server,
    b: b.server,
    client,
    reload: async (more, names) => gateway.server.apply(await loadTestConfig(yaml(more, names))),
  }
}

/** A person at a client that keeps the whole conversation, and resends it each time. */
export class Chat {
  readonly #client: SdkClient
  readonly #stream: boolean
  readonly #system: string
  readonly turns: Turn[] = []

  constructor(
    client: SdkClient,
    { stream, system = 'Be kind.' }: { stream: boolean; system?: string },
  ) {
    this.#client = client
    this.#stream = stream
    this.#system = system
  }

  async say(user: string): Promise<Heard> {
    this.turns.push({ user })
    const heard = await this.#client.ask(
      { system: this.#system, turns: this.turns },
      { stream: this.#stream },
    )
    this.turns.push({ heard })
    return heard
  }
}

/** The model that a request asks for, in its body or its path. */
export function modelOf(request: RecordedRequest): string {
  const fromPath = /models\/([^:/]+)/.exec(request.path)?.[1]
  if (fromPath !== undefined) return fromPath
  return String((request.json() as { model?: unknown }).model)
}
