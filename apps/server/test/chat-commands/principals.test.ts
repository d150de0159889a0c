import { describe, expect, it } from 'vitest'
import { RawChat } from './raw-chat.ts'
import { asked, startWorld } from './world.ts'

const keys = [
  { name: 'alice', key: 'sk-alice', backends: ['a'] },
  { name: 'bob', key: 'sk-bob' },
]

/** Alice may use the backend `a` alone, Bob both. */
async function start() {
  const failover_routes = {
    safe: { policy: 'm', elements: ['b:second', 'a:first'] },
    far: { policy: 'm', elements: ['b:second'] },
  }
  const world = await startWorld('openai-chat', { settings: { api_keys: keys, failover_routes } })
  // Until a provider has been asked, nobody knows what it lists.
  await fetch(`${world.gateway.url}/v1/models`, { headers: { 'x-api-key': 'sk-bob' } })
  const chatOf = (key: string) => new RawChat(world.gateway.url, { dialect: 'openai-chat', key })
  return { ...world, alice: () => chatOf('sk-alice'), bob: () => chatOf('sk-bob') }
}

describe('a key that opens one backend', () => {
  const refused = 'There is no backend "b". Backends: a.'

  it.each([
    ['!/backend(b)', `!/backend: ${refused}`],
    ['!/set(backend=b)', `!/set: ${refused}`],
    ['!/model(b)', `!/model: ${refused}`],
    ['!/model(b:first)', `!/model: ${refused}`],
    ['!/model(b/first)', `!/model: ${refused}`],
    ['!/model(b.api_key:first)', `!/model: ${refused}`],
    ['!/model(a:first|b:first)', `!/model: ${refused}`],
    ['!/set(model=b:first)', `!/set: ${refused}`],
    ['!/route-append(name=mine, element=b:first)', `!/route-append: ${refused}`],
    ['!/route-prepend(name=mine, element=b)', `!/route-prepend: ${refused}`],
    ['!/backend(b) Hello', `This message was not sent to a model: !/backend: ${refused}`],
  ])('hears of another what it hears of one that is not there: %s', async (message, answer) => {
    const { alice, a, b } = await start()
    const chat = alice()
    await chat.say('!/create-failover-route(name=mine, policy=m)')

    expect(await chat.say(message)).toBe(answer)
    expect((await chat.say('!/backend(zz)')).replaceAll('zz', 'b')).toBe(`!/backend: ${refused}`)
    expect(await chat.say('!/hello')).not.toContain('Requests go to')
    expect([asked(a).length, asked(b).length]).toEqual([0, 0])
  })

  it.each(['x:first', 'x/first', 'a:first^x:first'])(
    'cannot tell in a one-off route whether another exists: %s',
    async (selector) => {
      const { alice } = await start()
      const heard = async (name: string) => {
        const written = selector.replace('x', name)
        return (await alice().say(`!/oneoff(${written})`)).replace(written, 'this')
      }

      const ofAnother = await heard('b')

      expect(ofAnother).toBe(
        '!/oneoff: "this" names no backend. Write it as oneoff(backend:model). Backends: a.',
      )
      expect(ofAnother).toBe(await heard('zz'))
    },
  )

  it('is shown of the failover routes of the gateway what it may use', async () => {
    const { alice, bob, b } = await start()
    const [hers, his] = [alice(), bob()]

    expect(await hers.say('!/list-failover-routes')).toBe(
      'safe: m, 1 element (of the gateway)\nfar: m, 0 elements (of the gateway)',
    )
    expect(await hers.say('!/route-list(safe)')).toBe('1. a:first')
    expect(await hers.say('!/model(far)')).toBe(
      '!/model: "far" leads to nothing that this key may use. Backends: a.',
    )
    expect(await hers.say('!/model(safe)')).toBe('Model changed to safe.')
    await hers.say('Hello')
    expect(asked(b)).toHaveLength(0)
    expect(await his.say('!/route-list(safe)')).toBe('1. b:second\n2. a:first')
  })

  it('is never told the name of another', async () => {
    const { alice, bob } = await start()
    const chat = alice()
    const answers = []
    for (const message of [
      '!/hello',
      '!/help',
      '!/backend(c)',
      '!/oneoff(first)',
      '!/model(c:first)',
      '!/model(a:first[)',
      '!/list-failover-routes',
    ]) {
      answers.push(await chat.say(message))
    }

    expect(answers.join('\n')).toContain('Backends: a (1 target, 3 models).')
    expect(answers.join('\n')).not.toMatch(/\bb\b/)
    expect(await bob().say('!/hello')).toContain('a (1 target, 3 models), b (1 target, 3 models)')
  })
})

describe('two keys', () => {
  it('that say the same have two sessions', async () => {
    const { alice, bob, a, b } = await start()
    const [hers, his] = [alice(), bob()]

    await hers.say('!/model(second)')
    await his.say('!/model(second)\n!/backend(b)')
    await hers.say('Hello')
    await his.say('Hello')
    await his.say('!/unset(backend, model)')
    await hers.say('Hello again')

    expect(asked(a).map((request) => (request.json() as { model: string }).model)).toEqual([
      'second',
      'second',
    ])
    expect(asked(b)).toHaveLength(1)
  })

  it('that name the same session have two', async () => {
    const { gateway, a, b } = await start()
    const named = (key: string) =>
      new RawChat(gateway.url, {
        dialect: 'openai-chat',
        key,
        headers: { 'x-jackfield-session': 'ours' },
      })

    await named('sk-bob').say('!/backend(b)')
    await named('sk-alice').say('Hello')
    await named('sk-bob').say('Hello')

    expect([asked(a).length, asked(b).length]).toEqual([1, 1])
  })
})
