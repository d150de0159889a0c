import { createMemoryStateStore, type StateStore } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../core/test/fake-clock.ts'
import { emptyState, without, withPrefix } from '../../src/session/session-state.ts'
import { SessionStore } from '../../src/session/session-store.ts'

const dayMs = 24 * 3_600_000

function parts(changes: (store: StateStore) => Partial<StateStore> = () => ({})) {
  const clock = new FakeClock()
  const memory = createMemoryStateStore({ clock })
  const sessions = new SessionStore({ ...memory, ...changes(memory) }, () => clock.now())
  return { clock, memory, sessions }
}

const withModel = (model: string) => () => ({ ...emptyState, model })

describe('SessionStore', () => {
  it('keeps what a session has set, and nothing of others', async () => {
    const { sessions } = parts()

    expect(await sessions.update('a', withModel('m'))).toEqual({ ...emptyState, model: 'm' })

    expect((await sessions.read('a')).state).toEqual({ ...emptyState, model: 'm' })
    expect((await sessions.read('b')).state).toEqual(emptyState)
  })

  it.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['a list', '[]'],
    [
      'another version',
      '{"version":2,"writtenAt":1,"state":{"parameters":{},"routes":{},"prefixes":[]}}',
    ],
    ['no time', '{"version":1,"state":{"parameters":{},"routes":{},"prefixes":[]}}'],
    ['no state', '{"version":1,"writtenAt":1}'],
    ['a state that is null', '{"version":1,"writtenAt":1,"state":null}'],
    [
      'a state without parameters',
      '{"version":1,"writtenAt":1,"state":{"routes":{},"prefixes":[]}}',
    ],
    [
      'routes that are null',
      '{"version":1,"writtenAt":1,"state":{"parameters":{},"routes":null,"prefixes":[]}}',
    ],
    [
      'prefixes that are no list',
      '{"version":1,"writtenAt":1,"state":{"parameters":{},"routes":{},"prefixes":"x"}}',
    ],
  ])('takes a record that is broken for none, and writes over it: %s', async (_, record) => {
    const { memory, sessions } = parts()
    await memory.set('a', record, { ttlMs: dayMs })

    expect((await sessions.read('a')).state).toEqual(emptyState)
    await sessions.renew('a', await sessions.read('a'))
    expect(await memory.get('a')).toBe(record)

    await sessions.update('a', withModel('m'))
    expect((await sessions.read('a')).state.model).toBe('m')
  })

  it('loses no change of those that are made at the same time', async () => {
    const { sessions } = parts()
    const names = ['a', 'b', 'c', 'd']

    await Promise.all(
      names.map((name) => sessions.update('s', (state) => withPrefix(state, `!${name}`))),
    )

    const { prefixes } = (await sessions.read('s')).state
    expect(prefixes.toSorted()).toEqual(['!a', '!b', '!c', '!d'])
  })

  it('gives up where others change it again and again', async () => {
    let changes = 0
    const { sessions } = parts(() => ({
      compareAndSet: async () => {
        changes += 1
        return false
      },
    }))

    await expect(sessions.update('s', withModel('m'))).rejects.toMatchObject({
      code: 'no_available_target',
      message: expect.stringContaining('same time'),
    })
    expect(changes).toBe(5)
  })

  it('writes nothing where nothing is changed', async () => {
    const { memory, sessions } = parts()

    await sessions.update('s', (state) => state)

    expect(await memory.get('s')).toBeUndefined()
  })

  it('forgets a session after a week, but not one that is in use', async () => {
    const { clock, sessions } = parts()
    await sessions.update('idle', withModel('m'))
    await sessions.update('used', withModel('m'))

    for (let day = 0; day < 8; day += 1) {
      await clock.advance(dayMs + 1)
      await sessions.renew('used', await sessions.read('used'))
    }

    expect((await sessions.read('idle')).state).toEqual(emptyState)
    expect((await sessions.read('used')).state.model).toBe('m')
  })

  it('renews at most once a day, and overwrites no change', async () => {
    const { clock, memory, sessions } = parts()
    await sessions.update('s', withModel('m'))
    const record = await memory.get('s')

    await clock.advance(dayMs)
    await sessions.renew('s', await sessions.read('s'))
    expect(await memory.get('s')).toBe(record)

    await clock.advance(1)
    const old = await sessions.read('s')
    await sessions.update('s', withModel('other'))
    await sessions.renew('s', old)
    expect((await sessions.read('s')).state.model).toBe('other')
  })

  it('fails with what its store fails with', async () => {
    const error = new Error('store is away')
    const { sessions } = parts(() => ({ get: () => Promise.reject(error) }))

    await expect(sessions.read('s')).rejects.toBe(error)
    await expect(sessions.update('s', withModel('m'))).rejects.toBe(error)
  })
})

describe('the state of a session', () => {
  it('remembers the prefixes that it has had, the last eight', () => {
    let state = emptyState
    for (const letter of 'abcdefghij') state = withPrefix(state, `!${letter}`)

    expect(state.prefix).toBe('!j')
    expect(state.prefixes).toEqual([...'cdefghij'].map((letter) => `!${letter}`))
    expect(withPrefix(state, '!d').prefixes.at(-1)).toBe('!d')
    expect(withPrefix(state, '!d').prefixes).toHaveLength(8)
  })

  it('is the same without members that it has not', () => {
    const state = { ...emptyState, backend: 'b', model: 'm' }
    expect(without(state, 'backend', 'oneOff')).toEqual({ ...emptyState, model: 'm' })
    expect(without(withPrefix(emptyState, '##'), 'prefix').prefixes).toEqual(['##'])
  })
})
