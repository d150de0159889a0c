import { describe, expect, it } from 'vitest'
import { RawChat } from './raw-chat.ts'
import { asked, modelOf, startWorld } from './world.ts'

const start = async (settings: object = {}) => {
  const world = await startWorld('openai-chat', { settings })
  return { ...world, chat: new RawChat(world.gateway.url, { dialect: 'openai-chat' }) }
}

describe('a static route', () => {
  it.each([
    ['!/backend(b)', '!/backend: The backend cannot be changed while a static route is set.'],
    ['!/model(b:third)', '!/model: The model cannot be changed while a static route is set.'],
    ['!/oneoff(b:third)', '!/oneoff: The route cannot be changed while a static route is set.'],
    ['!/set(backend=b)', '!/set: The backend cannot be changed while a static route is set.'],
    ['!/set(model=third)', '!/set: The model cannot be changed while a static route is set.'],
  ])('is not changed by %s', async (command, answer) => {
    const { chat, a, b } = await start({ static_route: 'a:second' })

    expect(await chat.say(command)).toBe(answer)
    await chat.say('Hello')

    expect(asked(a).map(modelOf)).toEqual(['second'])
    expect(asked(b)).toHaveLength(0)
  })

  it('leaves parameters to the session', async () => {
    const { chat, a } = await start({ static_route: 'a:second' })

    expect(await chat.say('!/temperature(0.5) Hello')).toBe('You said: Hello')

    expect(asked(a)[0]?.json()).toMatchObject({ model: 'second', temperature: 0.5 })
  })

  it('that comes with a reload stands above what a session has chosen', async () => {
    const { chat, reload, a, b } = await start()
    await chat.say('!/backend(b) !/oneoff(b:third)')

    await reload({ static_route: 'a:second' })
    await chat.say('Hello')
    await reload({})
    await chat.say('Hello again')

    expect(asked(a).map(modelOf)).toEqual(['second'])
    expect(asked(b)).toHaveLength(1)
  })
})

describe('commands that are off', () => {
  it('are text like any other, byte by byte', async () => {
    const { chat, a } = await start({ commands: 'off' })

    expect(await chat.say('!/help')).toBe('You said: !/help')
    expect(await chat.say('  !/backend(b)\nHello \n')).toContain('!/backend(b)')

    expect(asked(a).at(-1)?.text()).toContain(chat.messages.slice(0, 3).join(','))
  })

  it('leave a session as it is, until they are on again', async () => {
    const { chat, reload, a, b } = await start()
    await chat.say('!/backend(b)')

    await reload({ commands: 'off' })
    await chat.say('one')
    await reload({})
    await chat.say('two')

    expect([asked(a).length, asked(b).length]).toEqual([1, 1])
    expect(asked(a)[0]?.text()).toContain('!/backend(b)')
    expect(asked(b)[0]?.text()).not.toContain('!/backend(b)')
  })
})

describe('commands that are stripped', () => {
  it('do not use what the session had set before', async () => {
    const { chat, reload, a, b } = await start()
    await chat.say('!/backend(b)')

    await reload({ commands: 'strip' })
    await chat.say('one !/help')

    expect([asked(a).length, asked(b).length]).toEqual([1, 0])
    expect(asked(a)[0]?.text()).not.toContain('!/')
  })
})

describe('a reload', () => {
  it('changes the prefix', async () => {
    const { gateway, reload, a } = await start()
    const before = new RawChat(gateway.url, { dialect: 'openai-chat' })
    expect(await before.say('&&hello')).toBe('You said: &&hello')

    await reload({ command_prefix: '&&' })
    const after = new RawChat(gateway.url, { dialect: 'openai-chat' })

    expect(await after.say('&&help(hello)')).toContain('Format: &&hello')
    expect(await after.say('!/hello')).toBe('You said: !/hello')
    expect(asked(a)).toHaveLength(2)
  })

  it('keeps the prefix that a session has chosen', async () => {
    const { chat, reload } = await start()
    await chat.say('!/set(command-prefix=##)')

    await reload({ command_prefix: '&&' })

    expect(await chat.say('##help(hello)')).toContain('Format: ##hello')
  })

  it('that takes a chosen backend away is told of, and sends nothing to another one', async () => {
    const { chat, reload, a } = await start()
    await chat.say('!/backend(b)')

    await reload({}, ['a'])

    await expect(chat.say('Hello')).rejects.toThrow(
      /404: .*This session has chosen the backend \\"b\\", which is not configured any more/,
    )
    expect(asked(a)).toHaveLength(0)
    expect(await chat.say('!/unset(backend, model)')).toBe('Settings unset: backend, model.')
    await chat.say('Hello')
    expect(asked(a)).toHaveLength(1)
  })
})

describe('an operator', () => {
  it('sees the names of commands that were executed, and none of their values', async () => {
    const { chat, gateway } = await start()

    await chat.say('!/temperature(0.125) !/backend(b) Hello')
    const executed = await gateway.nextCall()
    await chat.say('!/backend(nowhere)')
    const refused = await gateway.nextCall()

    expect(executed).toMatchObject({
      status: 200,
      backend: 'b',
      annotations: { 'x-jackfield-command': 'temperature, backend' },
    })
    expect(refused).toMatchObject({ status: 200, attempts: 0 })
    expect(refused).not.toHaveProperty('annotations')
    expect(JSON.stringify(gateway.log)).not.toMatch(/0\.125|nowhere/)
  })
})

describe('help', () => {
  it('writes the prefix before every way to write a command', async () => {
    const { chat } = await start({ command_prefix: '&&' })

    expect(await chat.say('&&help')).toContain('&&help or &&help(command) - Lists the commands')
    expect(await chat.say('&&help(model)')).toContain(
      'Format: &&model(model) or &&model(backend:model)',
    )
  })
})

describe('strict detection', () => {
  it('reads commands before the first word of a message only', async () => {
    const { chat, a, b } = await start({ strict_command_detection: true })

    expect(await chat.say('Hello !/backend(b)')).toBe('You said: Hello !/backend(b)')
    expect(await chat.say('!/backend(b)')).toBe('Backend changed to b.')
    expect(await chat.say('!/model(third) Hello')).toBe('You said: Hello')

    expect([asked(a).length, asked(b).length]).toEqual([1, 1])
  })
})
