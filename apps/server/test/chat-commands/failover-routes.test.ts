import { reply, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../end-to-end/harness.ts'
import { RawChat } from './raw-chat.ts'
import { asked, modelOf, startWorld } from './world.ts'

const broken = reply(500, { error: { message: 'The provider is broken.' } })

async function start() {
  const world = await startWorld('openai-chat', { settings: { max_wait: 0 } })
  return { ...world, chat: new RawChat(world.gateway.url, { dialect: 'openai-chat' }) }
}

describe('a failover route that is made in the chat', () => {
  it('serves with its second element when the first fails', async () => {
    const { chat, a, b } = await start()
    a.respondWith(broken)

    const told = []
    for (const message of [
      '!/create-failover-route(name=careful, policy=m)',
      '!/route-append(name=careful, element=b:third)\n!/route-prepend(name=careful, element=a:second)',
      '!/route-list(name=careful)',
      '!/list-failover-routes',
      '!/model(careful)',
      'Hello',
    ]) {
      told.push(await chat.say(message))
    }

    expect(told).toEqual([
      'Failover route "careful" created, policy m. Add elements with route-append.',
      'Added b:third to failover route "careful", as its last element.\nAdded a:second to failover route "careful", as its first element.',
      '1. a:second\n2. b:third',
      'careful: m, 2 elements',
      'Model changed to careful.',
      'You said: Hello',
    ])
    expect(new Set(asked(a).map(modelOf))).toEqual(new Set(['second']))
    expect(asked(b).map(modelOf)).toEqual(['third'])
  })

  it('is a name for the model of a request too, with parameters', async () => {
    const { gateway, b } = await start()
    const chat = new RawChat(gateway.url, {
      dialect: 'openai-chat',
      more: { model: 'careful?temperature=0.5' },
    })
    await chat.say('!/create-failover-route(name=careful)\n!/route-append(careful, b:third)')

    expect(await chat.say('Hello')).toBe('You said: Hello')

    expect(asked(b).map((request) => request.json())).toMatchObject([
      { model: 'third', temperature: 0.5 },
    ])
  })

  it('is of its session alone', async () => {
    const { gateway, chat } = await start()
    await chat.say('!/create-failover-route(name=mine, policy=k)')

    const other = new RawChat(gateway.url, { dialect: 'openai-chat' })

    expect(await other.say('!/route-list(name=mine)')).toBe(
      '!/route-list: There is no failover route "mine" in this session. See list-failover-routes.',
    )
  })

  it('that is deleted while it is chosen is the id of a model again', async () => {
    const { chat, a } = await start()
    for (const message of [
      '!/create-failover-route(name=second, policy=m)',
      '!/route-append(name=second, element=b:third)',
      '!/model(second)',
      '!/delete-failover-route(name=second)',
      'Hello',
    ]) {
      await chat.say(message)
    }

    expect(await chat.say('!/list-failover-routes')).toBe('There are no failover routes.')
    expect(asked(a).map(modelOf)).toEqual(['second'])
  })

  it('has a name that no backend has, or one could not tell what is chosen', async () => {
    const { chat } = await start()

    expect(await chat.say('!/create-failover-route(name=b, policy=m)')).toBe(
      '!/create-failover-route: A backend is called "b" too. Use another name.',
    )
  })

  it('without elements cannot be chosen, and a prompt beside that is not sent', async () => {
    const { chat, a, b } = await start()
    await chat.say('!/create-failover-route(name=careful)\n!/route-append(careful, a:first)')

    expect(await chat.say('!/route-clear(name=careful) !/model(careful) Hello')).toBe(
      'This message was not sent to a model: !/model: The failover route "careful" has no elements yet.',
    )
    // Nothing of the message was done.
    expect(await chat.say('!/route-list(careful)')).toBe('1. a:first')
    expect([asked(a).length, asked(b).length]).toEqual([0, 0])
  })

  it('has one of the known policies', async () => {
    const { chat } = await start()

    for (const policy of ['k', 'm', 'km', 'mk', 'ordered', 'round-robin']) {
      await chat.say(`!/create-failover-route(name=by-${policy}, policy=${policy})`)
    }
    await chat.say('!/create-failover-route(name=plain)')

    expect(await chat.say('!/create-failover-route(name=odd, policy=kk)')).toBe(
      '!/create-failover-route: "kk" is none of ordered, round-robin, k, m, km, mk.',
    )
    expect(await chat.say('!/list-failover-routes')).toBe(
      [
        'by-k: k, 0 elements',
        'by-m: m, 0 elements',
        'by-km: km, 0 elements',
        'by-mk: mk, 0 elements',
        'by-ordered: ordered, 0 elements',
        'by-round-robin: round-robin, 0 elements',
        'plain: ordered, 0 elements',
      ].join('\n'),
    )
  })
})

describe('policies of routes that are made in the chat', () => {
  const refused = { status: 401 } as const

  it.each([
    ['k', ['a ONE', 'a TWO']],
    ['m', ['a ONE', 'b THREE']],
    ['km', ['a ONE', 'a TWO', 'b THREE', 'b FOUR']],
    ['mk', ['a ONE', 'b THREE', 'a TWO', 'b FOUR']],
  ])('%s tries keys and elements in its order', async (policy, order) => {
    const [a, b] = await Promise.all([
      startOpenAIChatFake({ keys: { one: refused, two: refused }, models: ['first'] }),
      startOpenAIChatFake({ keys: { three: refused, four: refused }, models: ['first'] }),
    ])
    onTestFinished(async () => void (await Promise.all([a.close(), b.close()])))
    const backend = (base_url: string, keys: readonly string[]) => ({
      type: 'openai-compatible',
      base_url,
      api_keys: keys.map((key) => `\${env:${key}}`),
    })
    const gateway = await startGateway(
      stringify({
        backends: {
          a: backend(a.baseUrl, ['ONE', 'TWO']),
          b: backend(b.baseUrl, ['THREE', 'FOUR']),
        },
        default_backend: 'a',
        max_wait: 0,
        max_tries: 10,
      }),
      { env: { ONE: 'one', TWO: 'two', THREE: 'three', FOUR: 'four' } },
    )
    const chat = new RawChat(gateway.url, { dialect: 'openai-chat' })
    await chat.say(
      `!/create-failover-route(r, ${policy}) !/route-append(r, a:first) !/route-append(r, b:first)`,
    )
    await chat.say('!/model(r)')

    await expect(chat.say('Hello')).rejects.toThrow(/^50[0-9]/)

    const failed = gateway.log.filter(({ msg }) => msg === 'attempt failed')
    expect(failed.map(({ backend: name, target }) => `${name} ${target}`)).toEqual(order)
  })
})
