import {
  type AnthropicFake,
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { dialects, type Heard } from '../compatibility/client.ts'
import { providerKey, providerModel } from '../compatibility/provider.ts'
import { openGateway, startGateway, type TestGateway } from '../end-to-end/harness.ts'
import { sampleSize } from '../support/long-test.ts'
import { Conversation, pick, randomOf } from '../switches/conversation.ts'
import { keys, type Place, startPlaces } from '../switches/places.ts'
import { clients } from './world.ts'

const streams = [true, false] as const

/** A model that thinks, and a provider that refuses every loop of tools whose thinking is not there. */
async function startPair(): Promise<{
  readonly gateway: TestGateway
  readonly strict: AnthropicFake
}> {
  const thinker = await startOpenAIChatFake({
    answer: () => ({ reasoning: ['I want ', 'the weather.'], text: 'Let me look.' }),
  })
  const strict = await startAnthropicFake({
    thinkingFirst: 'always',
    answer: ({ messages }) => ({
      blocks: [
        { type: 'thinking', thinking: ['Own ', `thought ${JSON.stringify(messages).length}.`] },
        { type: 'text', text: 'I look.' },
        {
          type: 'tool_use',
          id: `toolu_${JSON.stringify(messages).length}`,
          name: 'weather',
          input: '{"place":"Bern"}',
        },
      ],
    }),
  })
  onTestFinished(async () => {
    await thinker.close()
    await strict.close()
  })
  const gateway = await startGateway(
    stringify({
      backends: {
        think: { type: 'openai-compatible', base_url: thinker.baseUrl, api_keys: [providerKey] },
        write: { type: 'anthropic', base_url: strict.baseUrl, api_keys: [providerKey] },
      },
      max_tries: 2,
      validate_answers: 1,
    }),
  )
  return { gateway, strict }
}

/** The thinking in the last turn of a model that the provider was sent. */
function thinkingOf({ server }: AnthropicFake): readonly unknown[] {
  const body = server.requests.at(-1)?.json() as {
    readonly thinking?: unknown
    readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[]
  }
  const last = body.messages.findLast(({ role }) => role === 'assistant')
  const blocks = last?.content.filter((block) => 'signature' in block) ?? []
  return [body.thinking, ...blocks]
}

describe.each(dialects)('a %s client in a loop of tools', (dialect) => {
  it.each(streams)(
    'sees nothing of what the second model thinks, which gets it back all the same (stream: %s)',
    async (stream) => {
      const { gateway, strict } = await startPair()
      const client = clients[dialect](gateway.url, '')
      const question = { user: 'What is the weather?' }
      const ask = (...heard: readonly Heard[]) =>
        client.ask(
          {
            model: `hybrid:[think:${providerModel},write:${providerModel}]`,
            turns: [
              question,
              ...heard.flatMap((one) => [
                { heard: one },
                { results: one.calls.map(({ id, name }) => ({ id, name, text: 'Sunny.' })) },
              ]),
            ],
            tools: ['weather'],
          },
          { stream },
        )

      const first = await ask()
      const second = await ask(first)
      const sent = thinkingOf(strict)
      const third = await ask(first, second)

      expect(first.reasoning).toBe('I want the weather.')
      expect(JSON.stringify([first, second, third])).not.toContain('Own thought')
      expect(sent).toMatchObject([
        { type: 'enabled' },
        { type: 'thinking', thinking: expect.stringMatching(/^Own thought \d+\.$/) },
      ])
      expect(thinkingOf(strict)).toHaveLength(2)
      expect(gateway.log.filter(({ msg }) => msg === 'attempt failed')).toEqual([])
      expect(gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')).toEqual([])
    },
  )
})

/** Steps of each client. */
const steps = sampleSize({ sample: 60, whole: 1_500 })
const perConversation = 12

describe('conversations in loops of tools that move between models and pairs', () => {
  let places: readonly Place[]
  let gateway: TestGateway
  beforeAll(async () => {
    places = await startPlaces()
    const backends = Object.fromEntries(places.map(({ name, backend }) => [name, backend]))
    gateway = await openGateway(stringify({ backends, max_tries: 2, validate_answers: 1 }), {
      env: keys,
    })
  })
  afterAll(async () => {
    await gateway.close()
    await Promise.all(places.map((place) => place.close()))
  })

  it.each(dialects)(
    `are refused by nobody, ${steps} times somewhere else (%s)`,
    async (dialect) => {
      const seed = Number(process.env['JACKFIELD_SEED'] ?? 1)
      const random = randomOf(seed)
      const client = clients[dialect](gateway.url, '')
      const models = places.flatMap((place) => place.models)
      const place = () =>
        random() < 0.6
          ? `hybrid:[${pick(random, models)},${pick(random, models)}]`
          : pick(random, models)
      let conversation = new Conversation(client, random)
      let model = place()

      for (let step = 0; step < steps; step += 1) {
        if (step % perConversation === 0) conversation = new Conversation(client, random)
        if (random() < 0.6) model = place()
        await conversation.step(model).catch((error: unknown) => {
          throw new Error(`seed ${seed}, step ${step}, ${model}: ${String(error)}`, {
            cause: error,
          })
        })
      }

      const refusals = gateway.log
        .filter(({ msg, upstreamStatus }) => msg === 'attempt failed' && upstreamStatus === 400)
        .map(({ backend, target, reason }) => `${backend}.${target}: ${reason}`)
      expect(refusals).toEqual([])
      expect(gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')).toEqual([])
    },
    600_000,
  )
})

it.each(['gemini', 'openai-responses'] as const)(
  'gives back what only a provider of %s can read of the calls that it made',
  async (dialect) => {
    const call = { name: 'weather', arguments: { place: 'Bern' } }
    const fake =
      dialect === 'gemini'
        ? await startGeminiFake({
            answer: () => ({
              parts: [
                { text: 'Own thought.', thought: true },
                { functionCall: { name: call.name, args: call.arguments } },
              ],
            }),
          })
        : await startOpenAIResponsesFake({
            stateScope: 'key',
            answer: () => ({
              items: [
                { type: 'reasoning', summary: ['Own thought.'] },
                {
                  type: 'function_call',
                  callId: 'call_1',
                  name: call.name,
                  arguments: JSON.stringify(call.arguments),
                },
              ],
            }),
          })
    const thinker = await startOpenAIChatFake({ answer: () => ({ reasoning: 'Hm.', text: 'x' }) })
    onTestFinished(async () => {
      await fake.close()
      await thinker.close()
    })
    const type = dialect === 'gemini' ? 'gemini' : 'openai'
    const gateway = await startGateway(
      stringify({
        backends: {
          think: { type: 'openai-compatible', base_url: thinker.baseUrl, api_keys: [providerKey] },
          write: {
            type,
            speaks: [dialect],
            base_url: fake.baseUrl,
            api_keys: [providerKey],
            ...(type === 'openai' ? { dialect } : {}),
          },
        },
        max_tries: 2,
      }),
    )
    for (const client of dialects.map((name) => clients[name](gateway.url, ''))) {
      const model = `hybrid:[think:${providerModel},write:${providerModel}]`
      const question = { user: 'What is the weather?' }
      const heard = await client.ask(
        { model, turns: [question], tools: ['weather'] },
        { stream: true },
      )
      const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'Sunny.' }))

      await client.ask(
        { model, turns: [question, { heard }, { results }], tools: ['weather'] },
        { stream: true },
      )

      const body = fake.server.requests.at(-1)?.text() ?? ''
      expect(body).toMatch(
        dialect === 'gemini' ? /"thoughtSignature":"[^"]{20}/ : /"encrypted_content":"[^"]{20}/,
      )
      expect(body).not.toContain('skip_thought_signature_validator')
      expect(heard.reasoning).toBe('Hm.')
    }
    expect(gateway.log.filter(({ msg }) => msg === 'attempt failed')).toEqual([])
  },
)
