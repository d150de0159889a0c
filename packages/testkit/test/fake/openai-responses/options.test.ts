import { describe, expect, it } from 'vitest'
import type { ScriptStep } from '../../../src/fake/script.ts'
import { call, create, fakeWith } from './asking.ts'

describe('options', () => {
  it('treats each key as told, and tells which keys came', async () => {
    const keys = { k1: 'ok', k2: { status: 429, retryAfter: 7 } } as const
    const fake = await fakeWith({ keys })

    const before = [await create(fake, { input: 'x' }, 'k1'), await create(fake, {}, 'k2')]
    fake.setKey('k2', 'ok')
    const after = await create(fake, { input: 'x' }, 'k2')

    expect(before.map(({ status }) => status)).toEqual([200, 429])
    expect(before[1]?.headers['retry-after']).toBe('7')
    expect(after.status).toBe(200)
    expect(fake.keysUsed()).toEqual(['k1', 'k2', 'k2'])
    expect(fake.keysUsed('/models')).toEqual([])
  })

  it('serves chat on the same server, with the same keys and models', async () => {
    const fake = await fakeWith({
      basePath: '/x',
      keys: { k1: 'ok' },
      models: ['m'],
      chat: { answer: () => ({ text: 'from chat' }) },
    })
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

    const chat = await call(fake, ['POST', '/chat/completions'], { body, key: 'k1' })
    const stranger = await call(fake, ['POST', '/chat/completions'], { body, key: 'k2' })
    const models = await call(fake, ['GET', '/models'], { key: 'k1' })
    const response = await create(fake, { model: 'm', input: 'Hi' }, 'k1')

    expect(chat.body).toContain('from chat')
    expect(stranger.status).toBe(401)
    expect(models.json()).toMatchObject({ data: [{ id: 'm' }] })
    expect(response.status).toBe(200)
  })

  it('serves chat with all of its defaults', async () => {
    const fake = await fakeWith({ chat: true })
    const body = { model: 'fake-chat', messages: [{ role: 'user', content: 'Hi' }] }

    expect((await call(fake, ['POST', '/chat/completions'], { body })).body).toContain('You said')
  })

  it('shows its models, and one of them', async () => {
    const fake = await fakeWith({})

    const list = await call(fake, ['GET', '/models'])
    const one = await call(fake, ['GET', '/models/fake-chat'])
    const none = await call(fake, ['GET', '/models/none'])

    expect(list.json()).toMatchObject({ data: [{ id: 'fake-chat' }, { id: 'fake-embed' }] })
    expect(one.json()).toMatchObject({ id: 'fake-chat' })
    expect(none.status).toBe(404)
  })

  it('holds extra rules, and spells errors as told', async () => {
    const noise = { cites: 'a test', check: () => ({ at: 'noise', message: 'is never right' }) }
    const fake = await fakeWith({
      extraRules: { noise },
      renderError: ({ param }) => ({ wrong: param }),
    })

    expect((await create(fake, { input: 'Hi' })).json()).toEqual({ wrong: 'noise' })
  })

  it('plays an answer with gates of the test in it', async () => {
    const fake = await fakeWith({
      play: (steps) =>
        steps.flatMap((step): ScriptStep[] =>
          step.do === 'write' ? [{ do: 'gate', name: 'g' }, step] : [step],
        ),
    })
    const gate = fake.server.gate('g')

    const answer = create(fake, { input: 'Hi' })
    await gate.arrived()
    gate.pass()

    expect((await answer).body).toContain('You said: Hi')
  })

  it('finds keys in a header of their own, and serves routes of the test', async () => {
    const fake = await fakeWith({
      keyPlace: { header: 'x-key' },
      withoutRules: ['authorization'],
      routes: { 'GET /files/{id}': () => [{ do: 'head', status: 204 }] },
    })

    expect((await call(fake, ['GET', '/files/f_1'])).status).toBe(204)
    expect((await call(fake, ['POST', '/files/f_1'])).status).toBe(405)
  })
})
