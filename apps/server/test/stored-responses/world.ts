import {
  type AnthropicFake,
  type GeminiFake,
  type OpenAIChatFake,
  type OpenAIResponsesFake,
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import OpenAI from 'openai'
import { stringify } from 'yaml'
import { openGateway, type TestGateway } from '../end-to-end/harness.ts'

/** A backend of the test gateway, named for the protocol that its provider speaks. */
export type BackendName = 'chat' | 'responses' | 'anthropic' | 'gemini'

/** The backends whose providers know nothing of stored responses, so that the gateway keeps them. */
export const keepingBackends = ['chat', 'anthropic', 'gemini'] as const

export const allBackends: readonly BackendName[] = [...keepingBackends, 'responses']

/** A gateway in front of a strict fake of every protocol, each behind a backend of its own. */
export interface StoredWorld {
  readonly gateway: TestGateway
  readonly fakes: {
    readonly chat: OpenAIChatFake
    readonly responses: OpenAIResponsesFake
    readonly anthropic: AnthropicFake
    readonly gemini: GeminiFake
  }
  readonly client: OpenAI
  /** Bodies of the requests that a provider got, in their order. */
  bodies(backend: BackendName): readonly Body[]
  close(): Promise<void>
}

/** A body as the provider got it. */
export type Body = Readonly<Record<string, unknown>>

/** Starts all of it. The caller closes it. `settings` are top-level members of the configuration. */
export async function startStoredWorld(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<StoredWorld> {
  const [chat, responses, anthropic, gemini] = await Promise.all([
    startOpenAIChatFake({}),
    startOpenAIResponsesFake({}),
    startAnthropicFake({}),
    startGeminiFake({}),
  ])
  const fakes = { chat, responses, anthropic, gemini }
  const backend = (type: string, { baseUrl }: { readonly baseUrl: string }, more = {}) => ({
    type,
    base_url: baseUrl,
    api_keys: ['sk-fake'],
    ...more,
  })
  const gateway = await openGateway(
    stringify({
      backends: {
        chat: backend('openai-compatible', chat),
        responses: backend('openai', responses, { dialect: 'openai-responses' }),
        anthropic: backend('anthropic', anthropic),
        gemini: backend('gemini', gemini, { speaks: ['gemini'] }),
      },
      validate_answers: 1,
      max_tries: 1,
      max_wait: 0,
      ...settings,
    }),
  )
  return {
    gateway,
    fakes,
    client: responsesClient(gateway),
    bodies: (name) => fakes[name].server.requests.map(({ body }) => parsed(body)),
    async close() {
      await gateway.close()
      await Promise.all(Object.values(fakes).map((fake) => fake.close()))
    },
  }
}

function parsed(body: Uint8Array): Body {
  return body.length === 0 ? {} : JSON.parse(Buffer.from(body).toString())
}

/** The official library, pointed at a gateway. */
export function responsesClient({ url }: { readonly url: string }, apiKey = 'sk-client'): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
}

/** Answers that broke the rules of their protocol, as the gateway saw them. */
export function violationsOf({ log }: TestGateway): readonly unknown[] {
  return log.filter(({ violations }) => violations !== undefined)
}

/** The tool that these tests offer. */
export const weatherTool = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  parameters: {
    type: 'object',
    properties: { place: { type: 'string' } },
    required: ['place'],
    additionalProperties: false,
  },
  strict: true,
} as const satisfies OpenAI.Responses.FunctionTool
