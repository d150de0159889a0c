import { describe, expect, it } from 'vitest'
import { RawChat } from './raw-chat.ts'
import { asked, modelOf, startWorld } from './world.ts'

const start = async () => {
  const world = await startWorld('openai-chat')
  const headers = { 'x-jackfield-session': 'ours' }
  /** A conversation of its own in the one session of the test. */
  const open = () => new RawChat(world.gateway.url, { dialect: 'openai-chat', headers })
  return { ...world, open }
}

const numbers = Array.from({ length: 20 }, (_, at) => at)

describe('requests of one session at the same time', () => {
  it('lose nothing of what each of them sets', async () => {
    const { open } = await start()

    const told = await Promise.all(
      numbers.map((at) => open().say(`!/create-failover-route(name=route-${at}, policy=m)`)),
    )

    expect(told).toEqual(
      numbers.map(
        (at) => `Failover route "route-${at}" created, policy m. Add elements with route-append.`,
      ),
    )
    const listed = (await open().say('!/list-failover-routes')).split('\n')
    expect(listed.toSorted()).toEqual(numbers.map((at) => `route-${at}: m, 0 elements`).toSorted())
  })

  it('with different commands beside prompts are all answered, each as it asked', async () => {
    const { open, a } = await start()

    const told = await Promise.all(
      numbers.map((at) => open().say(`!/temperature(0.${at + 10}) prompt number ${at}.`)),
    )

    expect(told).toEqual(numbers.map((at) => `You said: prompt number ${at}.`))
    const bodies = asked(a).map((request) => request.json() as { temperature: number })
    for (const at of numbers) {
      const [body] = bodies.filter((one) => JSON.stringify(one).includes(`number ${at}.`))
      expect(body?.temperature).toBe(Number(`0.${at + 10}`))
    }
  })

  it('share a one-off route: one of them uses it', async () => {
    const { open, a, b } = await start()
    await open().say('!/oneoff(b:third)')

    await Promise.all(numbers.map((at) => open().say(`prompt ${at}`)))

    expect(asked(b).map(modelOf)).toEqual(['third'])
    expect(asked(a)).toHaveLength(19)
  })
})

describe('a client that goes away', () => {
  it('leaves what its command has set, and ends the request at the provider', async () => {
    const { open, a, b, gateway } = await start()
    // Both providers have told their models by then.
    await fetch(`${gateway.url}/v1/models`)
    b.respondOnce([{ do: 'hang' }])
    const gone = new AbortController()
    const chat = open()
    chat.add({ role: 'user', content: '!/backend(b) Hello' })

    const arrived = b.waitForRequest()
    const answer = chat.post('/v1/chat/completions', { signal: gone.signal })
    const refused = expect(answer).rejects.toThrow('abort')
    const request = await arrived
    gone.abort()
    await refused
    await b.waitForAbort(request)

    await open().say('Hello again')
    expect([asked(a).length, asked(b).length]).toEqual([0, 2])
  })

  it('at a command breaks nothing, whenever it goes', async () => {
    const { open, gateway, b } = await start()
    for (const at of numbers) {
      const gone = new AbortController()
      const chat = open()
      chat.add({ role: 'user', content: '!/set(temperature=0.5)\n!/backend(b)' })
      const sent = chat.post('/v1/chat/completions', { signal: gone.signal }).catch(() => {})
      for (let turn = 0; turn < at; turn += 1) await new Promise(setImmediate)
      gone.abort()
      await sent
    }

    expect(await open().say('!/backend(b)')).toBe('Backend changed to b.')
    expect(await open().say('Hello')).toBe('You said: Hello')
    expect(asked(b)).toHaveLength(1)
    expect(gateway.log.filter(({ level }) => level >= 40)).toEqual([])
  })
})
