import assert from 'node:assert'
import { describe, expect, it, vi } from 'vitest'
import type { CallInput } from '../../src/call.ts'
import { createMemoryStateStore } from '../../src/memory-state-store.ts'
import type { Stage } from '../../src/pipeline/stage.ts'
import type { StateStore } from '../../src/state-store.ts'
import { FakeClock } from '../fake-clock.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { dialectB, FakeProvider } from '../support/fake-provider.ts'
import { ask, resource, storing } from '../support/storing-dialect.ts'

interface Said {
  readonly previous?: string
  readonly names?: readonly string[]
  readonly store?: boolean
  readonly user?: string
  readonly stream?: boolean
}

/** A gateway whose first stage notes who talks, and whose second answers what begins with `!`. */
async function setUp(kind: 'provider' | 'here', store?: StateStore) {
  const dialect = storing()
  const provider = new FakeProvider({
    dialect: kind === 'provider' ? dialect : dialectB,
    operations: ['chat', 'resource'],
  })
  const seen: { readonly session: string; readonly affinityKey: string }[] = []
  const watch: Stage = {
    name: 'watch',
    request: ({ session, affinityKey }) => void seen.push({ session, affinityKey }),
  }
  const reply: Stage = {
    name: 'reply',
    request: (call) =>
      String(call.field('text')).startsWith('!')
        ? { content: ['a', 'b'].map((text) => ({ type: 'text', text })) }
        : undefined,
  }
  const fake = await fakeGateway({
    backends: [provider.config()],
    stages: [watch, reply],
    ...(store === undefined ? {} : { store }),
  })
  /** The text stands where the conversation opens. */
  const say = async (
    text: string,
    said: Said = {},
    input: Partial<Omit<CallInput, 'body'>> = {},
  ) => {
    await fake.ask({ ...ask(dialect, { text, messages: text.padEnd(40), ...said }), ...input })
    const last = seen.at(-1)
    if (last === undefined) throw new Error('no stage was asked')
    return last
  }
  return { fake, provider, dialect, say }
}

/** A store that holds answers as they were stored before they had an identity. */
function oldStore(): StateStore {
  const store = createMemoryStateStore({ clock: new FakeClock() })
  const set: StateStore['set'] = (key, value, age) => {
    if (!key.startsWith('answers:')) return store.set(key, value, age)
    const { identity: _, ...old } = JSON.parse(value)
    return store.set(key, JSON.stringify(old), age)
  }
  return { ...store, set }
}

const named = (session: string) => ({ headers: { 'x-jackfield-session': session } })

describe.each([
  ['a provider keeps', 'provider', 'resp_provider'],
  ['the gateway keeps', 'here', 'resp_1'],
] as const)('who continues an answer that %s', (_, kind, id) => {
  it('talks on in its session, and where its prompt cache is warm', async () => {
    const { fake, say } = await setUp(kind)
    const first = await say('one')
    const second = await say('two', { previous: id })
    const third = await say('three', { previous: id })
    const other = await say('four')

    expect([second, third]).toEqual([first, first])
    expect(other.session).not.toBe(first.session)
    expect(other.affinityKey).not.toBe(first.affinityKey)
    await fake.expectRest()
  })

  it('does so from another address, streamed, and without keeping more', async () => {
    const { say } = await setUp(kind)
    const first = await say('one', {}, { clientAddress: '10.0.0.1' })

    const second = await say(
      'two',
      { previous: id, stream: true, store: false },
      { clientAddress: '10.0.0.2' },
    )

    expect(second).toEqual(first)
  })

  it('is in the session that it names itself, and hands that on', async () => {
    const { say } = await setUp(kind)
    const first = await say('one')
    const alone = await say('alone', { store: false }, named('s'))
    const second = await say('two', { previous: id }, named('s'))
    const third = await say('three', { previous: id })

    expect(second).toEqual(alone)
    expect(third).toEqual(alone)
    expect(third).not.toEqual(first)
  })

  it('goes on with the session that the first named', async () => {
    const { say } = await setUp(kind)
    const first = await say('one', {}, named('s'))

    expect(await say('two', { previous: id })).toEqual(first)
  })

  it('keeps the session where it hints at another prompt cache', async () => {
    const { say } = await setUp(kind)
    const first = await say('one')
    const hinting = await say('alone', { user: 'u', store: false })

    const second = await say('two', { previous: id, user: 'u' })

    expect(second).toEqual({ session: first.session, affinityKey: hinting.affinityKey })
  })

  it('inherits nothing from one that was stored without a session', async () => {
    const { say } = await setUp(kind, oldStore())
    const first = await say('one')
    const alone = await say('two', { store: false })

    const second = await say('two', { previous: id })

    expect(second.session).not.toBe(first.session)
    expect(second).toEqual(alone)
  })

  it('is explained as the same', async () => {
    const { fake, dialect, say } = await setUp(kind)
    const first = await say('one')
    const body = Buffer.from(JSON.stringify({ model: 'm', text: 'two', previous: id }))

    const explanation = await fake.gateway.explain({
      operation: 'chat',
      dialect,
      method: 'POST',
      path: '/chat',
      query: '',
      headers: {},
      body,
      signal: new AbortController().signal,
    })

    expect(explanation).toMatchObject(first)
  })
})

describe('who continues a reply of the gateway’s own', () => {
  it.each(['provider', 'here'] as const)('talks on in its session, at: %s', async (kind) => {
    const { say } = await setUp(kind)
    const id = kind === 'provider' ? 'resp_provider' : 'resp_1'
    const first = await say('!set')
    const second = await say('one', { previous: 'resp_2' })
    const third = await say('!set more', { previous: id })
    const fourth = await say('two', { previous: 'resp_2' })

    expect([second, third, fourth]).toEqual([first, first, first])
  })

  it('talks on in the session of the reply, not of what that continued', async () => {
    const { say } = await setUp('here')
    const first = await say('one')
    const steered = await say('!set', { previous: 'resp_1' }, named('s'))

    const next = await say('two', { previous: 'resp_2' })

    expect(next).toEqual(steered)
    expect(next).not.toEqual(first)
  })
})

describe('a call about a stored answer', () => {
  it('changes nothing of whose conversation it is', async () => {
    const { fake, dialect, say } = await setUp('provider')
    const first = await say('one')
    await fake.ask({ ...resource('resp_provider', dialect), body: new Uint8Array() })

    expect(await say('two', { previous: 'resp_provider' })).toEqual(first)
  })
})

describe('items that a call names', () => {
  it('are looked for once', async () => {
    const { dialect, say } = await setUp('here')
    const { storage } = dialect
    assert(storage !== undefined, 'the dialect stores answers')
    const references = vi.spyOn(storage, 'references')
    await say('one')
    await say('two', { names: ['resp_1'] })

    expect(references).toHaveBeenCalledTimes(2)
  })
})
