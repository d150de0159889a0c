import { describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../compatibility/client.ts'
import { RawChat } from './raw-chat.ts'
import { asked, Chat, startWorld } from './world.ts'

const budget = { type: 'enabled', budget_tokens: expect.any(Number) }

/** What each provider is told in its own words. */
const wires: Readonly<Record<DialectName, Readonly<Record<string, object>>>> = {
  'openai-chat': {
    '!/temperature(0.3)': { temperature: 0.3 },
    '!/set(max-output-tokens=77)': { max_completion_tokens: 77 },
    '!/set(top-p=0.5)': { top_p: 0.5 },
    '!/max': { reasoning_effort: 'high' },
    '!/medium': { reasoning_effort: 'medium' },
    '!/low': { reasoning_effort: 'low' },
    '!/no-think': { reasoning_effort: 'none' },
    '!/set(reasoning-effort=low)': { reasoning_effort: 'low' },
  },
  'openai-responses': {
    '!/temperature(0.3)': { temperature: 0.3 },
    '!/set(max-output-tokens=77)': { max_output_tokens: 77 },
    '!/set(top-p=0.5)': { top_p: 0.5 },
    '!/max': { reasoning: { effort: 'high' } },
    '!/disable-reasoning': { reasoning: { effort: 'none' } },
    '!/set(verbosity=low)': { text: { verbosity: 'low' } },
  },
  'anthropic-messages': {
    '!/set(max-output-tokens=77)': { max_tokens: 77 },
    '!/max': { thinking: budget },
    '!/no-think': { thinking: { type: 'disabled' } },
  },
  gemini: {
    '!/temperature(0.3)': { generationConfig: { temperature: 0.3 } },
    '!/set(max-output-tokens=77)': { generationConfig: { maxOutputTokens: 77 } },
    '!/set(top-k=7)': { generationConfig: { topK: 7 } },
    '!/max !/model(gemini-2.5-flash)': {
      generationConfig: { thinkingConfig: { thinkingBudget: expect.any(Number) } },
    },
    '!/no-think !/model(gemini-2.5-flash)': {
      generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
    },
  },
}

/** Every client before a provider of its own protocol and before one of another. */
const ways = dialects.flatMap((client) =>
  [false, true].flatMap((translated) => {
    const other = client === 'openai-chat' ? 'anthropic-messages' : 'openai-chat'
    const provider = translated ? other : client
    return Object.entries(wires[provider]).map(([command, told]) => ({
      client,
      provider,
      translated,
      command,
      told,
    }))
  }),
)

describe('what a session has set', () => {
  it.each(ways)('reaches the provider: $command, $client to $provider', async (way) => {
    const { client, a } = await startWorld(way.client, { translated: way.translated })
    const chat = new Chat(client, { stream: false })

    await chat.say(way.command)
    await chat.say('Hello')

    expect(asked(a).map((request) => request.json())).toMatchObject([way.told])
  })

  it.each(['openai-chat', 'anthropic-messages'] as const)(
    'stands above what the body of a request says, %s',
    async (dialect) => {
      const { gateway, a } = await startWorld(dialect)
      const headers = { 'anthropic-version': '2023-06-01' }
      const chat = new RawChat(gateway.url, { dialect, headers, more: { temperature: 0.9 } })

      await chat.say('one')
      await chat.say('!/temperature(0.1) two')
      await chat.say('!/temperature() three')

      expect(asked(a).map((request) => request.json())).toMatchObject([
        { temperature: 0.9 },
        { temperature: 0.1 },
        { temperature: 0.9 },
      ])
    },
  )

  it('is left out for clients of an API version that has no such field', async () => {
    // The library speaks the version from which on there is no temperature.
    const { client, a } = await startWorld('anthropic-messages')
    const chat = new Chat(client, { stream: false })

    await chat.say('!/temperature(0.3)')

    expect((await chat.say('Hello')).text).toBe('You said: Hello')
    expect(asked(a)[0]?.json()).not.toHaveProperty('temperature')
  })
})
