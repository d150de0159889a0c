import { type GatewayError, Secret, type StateStore } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createCommands } from '../src/create-commands.ts'
import type { CommandOptions } from '../src/options.ts'
import { spoken, type Turn } from './support/dialects.ts'
import { startWorld } from './support/world.ts'

const user = (content: Extract<Turn, { by: 'user' }>['content']): Turn => ({ by: 'user', content })
const assistant = (text: string): Turn => ({ by: 'assistant', text })

const counting = spoken.find(({ countPath }) => countPath === '/v1/messages/count_tokens')

const fails = () => Promise.reject(new Error('store is away'))

/** A store whose sessions fail as told; everything else works. */
const failing =
  (...names: readonly ('get' | 'compareAndSet')[]) =>
  (memory: StateStore): Partial<StateStore> =>
    Object.fromEntries(
      names.map((name) => [
        name,
        (key: string, ...rest: readonly unknown[]) =>
          key.startsWith('stage:') ? fails() : Reflect.apply(memory[name], memory, [key, ...rest]),
      ]),
    )

describe('createCommands', () => {
  it.each(['a', '!a', '! /', '!', '!"x', '(('.repeat(6), ''])('refuses the prefix %j', (prefix) => {
    expect(() => createCommands({ prefix })).toThrow(
      expect.objectContaining<Partial<GatewayError>>({ code: 'config_invalid' }),
    )
  })

  it('leaves calls without commands and without a session as they are', async () => {
    const { say, sent } = await startWorld()

    expect((await say('hello !/usr/bin')).text).toBe('Hello.')

    expect(sent).toMatchObject([{ backend: 'a', model: 'm' }])
    expect(sent[0]?.body).toContain('hello !/usr/bin')
  })

  it('executes only what was written last', async () => {
    const { say, sent } = await startWorld()

    await say([user('!/backend(b) hi'), assistant('Hello.'), user('and now?')])

    expect(sent).toMatchObject([{ backend: 'a' }])
    expect(sent[0]?.body).not.toContain('!/backend')
  })

  it('tells the names of the commands in a header', async () => {
    const { say } = await startWorld()

    const { headers } = await say('!/max !/backend(b) hi')

    expect(headers).toMatchObject({ 'x-jackfield-command': 'max, backend' })
  })

  it('does all commands of a message or none', async () => {
    const { say, sent } = await startWorld()

    expect((await say('!/backend(b) !/temperature(9)')).text).toContain('!/temperature: "9"')
    await say('hello')

    expect(sent).toMatchObject([{ backend: 'a' }])
  })

  it('refuses a message of more commands than anybody writes', async () => {
    const { say } = await startWorld()

    const { text } = await say('!/help\n'.repeat(1_000))

    expect(text).toBe('A message may hold 50 commands, and this one has 1000.')
  })

  it('refuses a mistake beside words, and forgets both', async () => {
    const { say, sent } = await startWorld()
    const { text } = await say('!/model gpt-4o please')
    expect(text).toBe(
      'This message was not sent to a model: Write the value in parentheses: !/model(value).',
    )

    await say([user('!/model gpt-4o please'), assistant(text), user('hello')])

    expect(sent).toHaveLength(1)
    expect(sent[0]?.body).not.toMatch(/gpt-4o|not sent/)
  })

  it.each([
    ['!/modle(x)', 'There is no command "!/modle". Did you mean !/model? !/help lists them all.'],
    ['!/nonsense', 'There is no command "!/nonsense". !/help lists them all.'],
    ['!/backend(b', '"!/backend(" is not closed on its line.'],
  ])('says what is wrong with %s', async (message, answer) => {
    const { say, sent } = await startWorld()
    expect((await say(message)).text).toBe(answer)
    expect(sent).toEqual([])
  })

  it.each([
    '!/modle(x)\n',
    '!/backend(b\n',
    '!/src\n',
    '!/model gpt\n',
    '!/x%(1)\n',
    `!/${'x'.repeat(500)}%(1)\n`,
  ])('answers many mistakes briefly: %j', async (line) => {
    const { say } = await startWorld()
    const lines = Array.from({ length: 10_000 }, (_, at) => line.replace('%', `${at}`))

    const start = performance.now()
    const { text } = await say(lines.join(''))

    expect(text.length).toBeLessThan(1_000)
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  it('has nothing to send where all that is left was said by a model', async () => {
    const { say, sent } = await startWorld()

    const { status, text } = await say([user('!/help'), assistant('Commands'), assistant('x')])
    expect([status, sent.length]).toEqual([200, 1])
    expect(text).toBe('Hello.')

    const empty = await say([user('!/help'), assistant('Commands')])
    expect([empty.status, empty.text]).toEqual([
      400,
      'The conversation has nothing but commands in it. Write a prompt too.',
    ])
  })

  it('knows every prefix that its session has had', async () => {
    const { say, sent } = await startWorld()
    expect((await say('!/set(command-prefix=##)')).text).toContain('command-prefix=##')
    expect((await say('##set(command-prefix="&&")')).text).toContain('command-prefix=&&')

    await say([
      user('!/set(command-prefix=##)'),
      assistant('Settings updated.'),
      user('##set(command-prefix="&&")'),
      assistant('Settings updated.'),
      user('## A heading\n\n&&backend(b)'),
    ])

    expect(sent).toMatchObject([{ backend: 'b' }])
    expect(JSON.parse(sent[0]?.body ?? '').messages.slice(1)).toEqual([
      { role: 'user', content: '## A heading' },
    ])
  })

  it('uses a one-off route up with the first call that asks a model', async () => {
    const { say, sent } = await startWorld()

    await say('!/oneoff(b:x)')
    await say('!/help')
    await say('one')
    await say('two')

    expect(sent.map(({ backend, model }) => `${backend}:${model}`)).toEqual(['b:x', 'a:m'])
  })

  it('gives a one-off route to one of the calls that come together', async () => {
    const { say, sent } = await startWorld()
    await say('!/oneoff(b:x)')

    await Promise.all([say('one'), say('two'), say('three')])

    expect(sent.map(({ backend }) => backend).toSorted()).toEqual(['a', 'a', 'b'])
  })

  it('changes nothing for good where a call is only explained', async () => {
    const { say, explain, memory, clock, sent } = await startWorld()
    await say('!/oneoff(b:x)')
    const keys: string[] = []
    memory.subscribe('', ({ key }) => void keys.push(key))

    expect((await explain('!/model(y)')).reply).toBe('Model changed to y.')
    expect((await explain('!/backend(b) !/temperature(1) hi')).branches).toMatchObject([
      { places: [{ backend: 'b', model: 'x', overrides: { temperature: 1 } }] },
    ])
    expect((await explain('hello')).branches).toMatchObject([
      { places: [{ backend: 'b', model: 'x' }] },
    ])
    await clock.advance(2 * 24 * 3_600_000)
    await explain('hello')

    expect(keys).toEqual([])
    expect(sent).toEqual([])
    await say('hello')
    expect(sent).toMatchObject([{ backend: 'b', model: 'x' }])
  })

  it('goes on without the session where it cannot be read, and says so in the log', async () => {
    const { say, sent, warnings } = await startWorld({ store: failing('get') })

    expect((await say('hello')).text).toBe('Hello.')

    expect(sent).toMatchObject([{ backend: 'a' }])
    expect(warnings).toContain('session cannot be read')
  })

  it.each([failing('get'), failing('compareAndSet')])(
    'says so where a command cannot be remembered',
    async (store) => {
      const { say, sent } = await startWorld({ store })
      const answer = 'The session cannot be read at the moment. Try again.'

      expect((await say('!/backend(b)')).text).toBe(answer)
      expect((await say('!/backend(b) hello')).text).toBe(
        `This message was not sent to a model: ${answer}`,
      )
      expect(sent).toEqual([])
    },
  )

  it('keeps what the session has set where it cannot be renewed', async () => {
    let isBroken = false
    const { say, sent, clock, warnings } = await startWorld({
      store: (memory) => ({
        compareAndSet: (...given) => (isBroken ? fails() : memory.compareAndSet(...given)),
      }),
    })
    await say('!/backend(b)')
    isBroken = true
    await clock.advance(2 * 24 * 3_600_000)

    await say('hello')

    expect(sent).toMatchObject([{ backend: 'b' }])
    expect(warnings).toContain('session cannot be renewed')
  })

  it('reads its options anew with every call', async () => {
    let options: CommandOptions = {}
    const { say, sent } = await startWorld({ commands: () => options })
    expect((await say('!/hello')).text).toContain('Backends: a (2 targets')

    options = { prefix: '##' }
    expect((await say('##hello')).text).toContain('##help')
    options = { mode: 'off' }
    expect((await say('##hello')).text).toBe('Hello.')
    options = { mode: 'strip' }
    expect((await say('!/hello there')).text).toBe('Hello.')
    expect((await say('!/hello')).text).toBe('Commands are switched off at this gateway.')

    expect(sent.map(({ body }) => JSON.parse(body).messages.at(-1).content)).toEqual([
      '##hello',
      'there',
    ])
  })

  it('does not do in a session what was set before it was switched off', async () => {
    let options: CommandOptions = {}
    const { say, sent } = await startWorld({ commands: () => options })
    await say('!/backend(b)')
    options = { mode: 'strip' }

    await say('hello')

    expect(sent).toMatchObject([{ backend: 'a' }])
  })

  it('takes only what stands in front where it is strict', async () => {
    const { say, sent } = await startWorld({ commands: { strict: true } })

    await say('hello !/backend(b)')
    await say('!/backend(b) hello')

    expect(sent.map(({ backend }) => backend)).toEqual(['a', 'b'])
    expect(sent[0]?.body).toContain('!/backend(b)')
  })

  it('sets what the presets of the operator say', async () => {
    const presets = { max: { reasoningEffort: 'low' as const, temperature: 0.1 } }
    const { say, sent } = await startWorld({ commands: { presets } })

    await say('!/max hello')

    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      reasoning_effort: 'low',
      temperature: 0.1,
    })
  })

  it('tells a session whose backend is gone, and sends its prompts to nobody else', async () => {
    const { say, sent, reload } = await startWorld()
    await say('!/backend(b)')
    await reload({}, ['a'])

    const lost = await say('hello')

    expect(lost.status).toBe(404)
    expect(lost.text).toContain('has chosen the backend "b", which is not configured any more')
    expect(sent).toEqual([])
    expect((await say('!/unset(backend)')).text).toBe('Settings unset: backend.')
    await say('hello')
    expect(sent).toMatchObject([{ backend: 'a' }])
  })

  it('keeps sessions apart, and callers of the same session', async () => {
    const clientKeys = ['ann', 'bob'].map((name) => ({ name, key: new Secret(`sk-${name}`) }))
    const { say, sent } = await startWorld({ config: { clientKeys } })

    await say('!/backend(b)', { key: 'sk-ann' })
    await say('hello', { key: 'sk-bob' })
    await say('hello', { key: 'sk-ann', session: 'other' })
    await say('hello', { key: 'sk-ann' })

    expect(sent.map(({ backend }) => backend)).toEqual(['a', 'a', 'b'])
  })

  it('does nothing in calls that are no conversations', async () => {
    const { say, sent } = await startWorld()
    await say('!/backend(b)')

    await say('x', {
      changes: {
        operation: 'embeddings',
        path: '/v1/embeddings',
        body: Buffer.from('{"model":"m","input":"!/backend(a)"}'),
      },
    })

    expect(sent).toMatchObject([{ backend: 'a', body: expect.stringContaining('!/backend(a)') }])
  })

  describe('where tokens are counted', () => {
    const count = {
      ...(counting && { own: counting }),
      changes: { operation: 'count-tokens' as const, path: '/v1/messages/count_tokens' },
    }

    it('cuts, and executes nothing', async () => {
      const { say, sent } = await startWorld()

      await say([user('!/help'), assistant('Commands'), user('!/backend(b) hello')], count)
      await say('hello')

      expect(sent.map(({ backend }) => backend)).toEqual(['a', 'a'])
      expect(JSON.parse(sent[0]?.body ?? '').messages).toEqual([{ role: 'user', content: 'hello' }])
    })

    it('uses no one-off route up', async () => {
      const { say, sent } = await startWorld()
      await say('!/oneoff(b:x)')

      await say('hello', count)
      await say('hello')

      expect(sent.map(({ backend }) => backend)).toEqual(['a', 'b'])
    })

    it('asks no provider where nothing is left', async () => {
      const { say, sent } = await startWorld()

      const { status, text } = await say('!/help', count)

      expect(sent).toEqual([])
      expect([status, text]).toEqual([200, expect.stringMatching(/^\{"input_tokens":\d+\}$/)])
    })
  })
})
