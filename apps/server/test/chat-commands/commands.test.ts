import { describe, expect, it } from 'vitest'
import { dialects } from '../compatibility/client.ts'
import { asked, Chat, modelOf, startWorld } from './world.ts'

const ways = dialects.flatMap((dialect) =>
  [false, true].flatMap((stream) =>
    [false, true].map((translated) => ({
      dialect,
      stream,
      translated,
      name: `${dialect}, ${stream ? 'streamed' : 'whole'}, ${translated ? 'translated' : 'forwarded'}`,
    })),
  ),
)

describe.each(ways)('commands in the chat: $name', ({ dialect, stream, translated }) => {
  const start = async (settings: object = {}) => {
    const world = await startWorld(dialect, { settings, translated })
    return { ...world, chat: new Chat(world.client, { stream }) }
  }

  it('backend alone is answered by the gateway, and the next prompt goes there', async () => {
    const { chat, a, b } = await start()

    const told = await chat.say('!/backend(b)')
    expect(told.text).toBe('Backend changed to b.')
    expect(told.usage.output ?? 0).toBe(0)
    expect([asked(a).length, asked(b).length]).toEqual([0, 0])

    expect((await chat.say('hello there')).text).toBe('You said: hello there')
    expect([asked(a).length, asked(b).length]).toEqual([0, 1])
  })

  it('model, positional, is what the provider is asked for', async () => {
    const { chat, a } = await start()

    expect((await chat.say('!/model(second)')).text).toBe('Model changed to second.')
    await chat.say('hello')

    expect(asked(a).map(modelOf)).toEqual(['second'])
  })

  it('oneoff holds for one prompt', async () => {
    const { chat, a, b } = await start()

    expect((await chat.say('!/oneoff(b:third)')).text).toBe('One-off route set to b:third.')
    await chat.say('one')
    await chat.say('two')

    expect(asked(b).map(modelOf)).toEqual(['third'])
    expect(asked(a).map(modelOf)).toEqual(['first'])
  })

  it('a command beside a prompt applies, and only the prompt goes on', async () => {
    const { chat, b } = await start()

    const heard = await chat.say('!/oneoff(b:third) hello')

    expect(heard.text).toBe('You said: hello')
    expect(asked(b)).toHaveLength(1)
    expect(asked(b)[0]?.text()).not.toContain('!/')
  })

  it('no command and no answer to one reaches a provider, however often they are resent', async () => {
    const { chat, a, b, gateway } = await start()
    for (const text of [
      '!/help',
      'first question',
      '!/backend(b)\n!/set(max-output-tokens=500)',
      'second question !/model(second)',
      '!/nonsense(1)',
      '!/model(third) third question',
      '!/set(wrong=1) fourth question',
      'fifth question',
    ]) {
      await chat.say(text)
    }

    const bodies = [...asked(a), ...asked(b)].map((request) => request.text())
    expect(bodies).toHaveLength(4)
    for (const body of bodies) {
      expect(body).not.toMatch(
        /!\/|!\\\/|Commands:|Backend changed|Model changed|not sent|no command/,
      )
      expect(body).not.toContain('fourth question')
    }
    expect(bodies.at(-1)).toMatch(
      /first question.*second question.*third question.*fifth question/s,
    )
    expect(gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')).toEqual([])
  })

  it('another prefix, of the operator and of the session', async () => {
    const { chat, a, b } = await start({ command_prefix: '&&' })

    expect((await chat.say('&&set(command-prefix=##)')).text).toContain('command-prefix=##')
    expect((await chat.say('##backend(b)')).text).toBe('Backend changed to b.')
    await chat.say('!/backend(a) is text here')

    expect(asked(a)).toHaveLength(0)
    expect(asked(b)[0]?.text()).toContain('is text here')
    expect(asked(b)[0]?.text()).not.toMatch(/##|&&/)
  })

  it('switched off: taken out, not executed', async () => {
    const { chat, a, b } = await start({ session: { disable_interactive_commands: true } })

    expect((await chat.say('!/backend(b)')).text).toBe('Commands are switched off at this gateway.')
    expect((await chat.say('!/backend(b) hello')).text).toBe('You said: hello')

    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
    expect(asked(a)[0]?.text()).not.toMatch(/!\/|switched off/)
  })

  it('another session is unaffected', async () => {
    const { chat, client, a, b } = await start()
    await chat.say('!/backend(b)')

    await new Chat(client, { stream, system: 'Be brief.' }).say('hello')

    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
  })

  it('fenced code changes nothing and stays as it is', async () => {
    const { chat, a, b } = await start()

    await chat.say('What does this do?\n```\n!/backend(b)\n```')

    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
    expect(asked(a)[0]?.text()).toContain('!/backend(b)')
  })
})
