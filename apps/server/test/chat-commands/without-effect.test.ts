import { describe, expect, it } from 'vitest'
import { RawChat } from './raw-chat.ts'
import { asked, startWorld } from './world.ts'

describe('counting the tokens of a conversation with commands', () => {
  const start = async () => {
    const world = await startWorld('anthropic-messages')
    return { ...world, chat: new RawChat(world.gateway.url, { dialect: 'anthropic-messages' }) }
  }
  const count = async (chat: RawChat) => {
    const response = await chat.post('/v1/messages/count_tokens')
    return ((await response.json()) as { input_tokens: number }).input_tokens
  }
  const say = (text: string) => ({ role: 'user', content: text })

  it('counts what a model is told of it', async () => {
    const { chat, a, gateway } = await start()
    for (const text of ['!/help', 'one two three', '!/set(wrong=1) four']) await chat.say(text)
    const plain = new RawChat(gateway.url, { dialect: 'anthropic-messages' })
    await plain.say('one two three')

    chat.add(say('five six !/model(second)'))
    plain.add(say('five six'))

    expect(await count(chat)).toBe(await count(plain))
    const counts = a.requests.filter(({ path }) => path.endsWith('count_tokens'))
    expect(counts).toHaveLength(2)
    expect(counts[0]?.text()).not.toMatch(/!\/|Commands:|not sent|four/)
    // The session has chosen nothing, for nothing was executed.
    expect(counts.map((request) => (request.json() as { model: string }).model)).toEqual([
      'first',
      'first',
    ])
  })

  it('asks where the session is, and leaves a one-off route alone', async () => {
    const { chat, a, b } = await start()
    await chat.say('!/backend(b)\n!/oneoff(a:third)')
    chat.add(say('one two'))

    await count(chat)
    await count(chat)

    expect(
      [a, b].map(({ requests }) => requests.filter(({ path }) => path.includes('count')).length),
    ).toEqual([0, 2])
    await chat.say('and three')
    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
  })

  it('is an estimate where nothing but commands was said', async () => {
    const { chat, a } = await start()
    chat.add(say('!/help'))

    expect(await count(chat)).toBeGreaterThanOrEqual(0)
    expect(a.requests.filter(({ path }) => path.includes('count'))).toHaveLength(0)
  })
})

describe('explaining a message with a command', () => {
  const start = async () => {
    const world = await startWorld('openai-chat')
    const headers = { 'x-jackfield-session': 'mine' }
    const chat = new RawChat(world.gateway.url, { dialect: 'openai-chat', headers })
    const explain = async (text: string) => {
      const response = await fetch(`${world.gateway.url}/v1/jackfield/explain`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'sk-client' },
        body: JSON.stringify({
          path: '/v1/chat/completions',
          headers,
          body: { model: 'first', messages: [{ role: 'user', content: text }] },
        }),
      })
      expect(response.status).toBe(200)
      return (await response.json()) as {
        reply?: string
        error?: object
        branches: { places: { backend: string; model: string; overrides: object }[] }[]
      }
    }
    return { ...world, chat, explain }
  }

  it('shows the reply and changes nothing', async () => {
    const { chat, explain, a, b } = await start()

    expect(await explain('!/backend(b)')).toMatchObject({
      reply: 'Backend changed to b.',
      branches: [],
    })
    expect(await explain('!/set(wrong=1) Hello')).toMatchObject({
      reply: expect.stringContaining('This message was not sent to a model: !/set: '),
      branches: [],
    })

    expect(await chat.say('!/hello')).not.toContain('Requests go to')
    await chat.say('Hello')
    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
  })

  it('shows where the prompt beside it would go, and changes nothing', async () => {
    const { chat, explain, a, b } = await start()

    const { branches } = await explain('!/oneoff(b:third) !/temperature(0.5) Hello')

    expect(branches[0]?.places).toMatchObject([
      { backend: 'b', model: 'third', overrides: { temperature: 0.5 } },
    ])
    await chat.say('Hello')
    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
    expect(asked(a)[0]?.json()).not.toHaveProperty('temperature')
  })

  it('does not use a one-off route up', async () => {
    const { chat, explain, b } = await start()
    await chat.say('!/oneoff(b:third)')

    const twice = [await explain('Hello'), await explain('Hello')]
    await chat.say('Hello')

    expect(twice.map(({ branches }) => branches[0]?.places[0]?.backend)).toEqual(['b', 'b'])
    expect(asked(b)).toHaveLength(1)
  })
})
