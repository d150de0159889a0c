import {
  type FakeServer,
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { providerModel } from '../compatibility/provider.ts'

/** A provider that refuses the reasoning state of every other, and its own where that was changed or is missing. */
export interface Place {
  readonly name: string
  readonly backend: Readonly<Record<string, unknown>>
  readonly server: FakeServer
  /** Selectors of its keys: state may belong to one of them alone. */
  readonly models: readonly string[]
  close(): Promise<void>
}

/** The keys of every provider, by the variables that hold them: a selector names a key by its variable. */
export const keys = { KEY_ONE: 'sk-one', KEY_TWO: 'sk-two' } as const

const names = Object.keys(keys)
const known = Object.fromEntries(Object.values(keys).map((key) => [key, 'ok' as const]))

interface Fake {
  readonly server: FakeServer
  readonly baseUrl: string
  close(): Promise<void>
}

function place(name: string, type: Readonly<Record<string, unknown>>, fake: Fake): Place {
  return {
    name,
    backend: {
      ...type,
      base_url: fake.baseUrl,
      api_keys: names.map((key) => `\${env:${key}}`),
    },
    server: fake.server,
    models: names.map((key) => `${name}.${key}:${providerModel}`),
    close: () => fake.close(),
  }
}

/** Every protocol twice, with two keys each, and nobody accepts anybody else's state. */
export async function startPlaces(): Promise<readonly Place[]> {
  const strict = { keys: known, thinkingFirst: 'always' } as const
  const sealed = { keys: known, stateScope: 'key' } as const
  const gemini = { type: 'gemini', speaks: ['gemini'] }
  const responses = { type: 'openai', dialect: 'openai-responses', speaks: ['openai-responses'] }
  return [
    place('anthropic-a', { type: 'anthropic' }, await startAnthropicFake(strict)),
    place('anthropic-b', { type: 'anthropic' }, await startAnthropicFake(strict)),
    place('gemini-a', gemini, await startGeminiFake({ keys: known })),
    place('gemini-b', gemini, await startGeminiFake({ keys: known })),
    place('openai-a', responses, await startOpenAIResponsesFake(sealed)),
    place('openai-b', responses, await startOpenAIResponsesFake(sealed)),
    place('chat', { type: 'openai-compatible' }, await startOpenAIChatFake({ keys: known })),
  ]
}
