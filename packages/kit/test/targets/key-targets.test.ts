import { Secret } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { type KeyTargetsOptions, keyTargets, type NamedKey } from '../../src/targets/key-targets.ts'

const key = (name: string, text: string, weight?: number): NamedKey => ({
  name,
  value: new Secret(text),
  ...(weight === undefined ? {} : { weight }),
})

function targets(keys: readonly NamedKey[], rest = {}) {
  return keyTargets({
    type: 'acme',
    baseUrl: 'https://api.acme.example/v1',
    keys,
    defaults: { strategy: 'round-robin', affinity: 'soft' },
    stateScope: 'provider',
    ...rest,
  }).current()
}

const signal = new AbortController().signal

describe('keyTargets', () => {
  it('makes one target per key, in order, under the key’s name', async () => {
    const list = targets([key('A', 'sk-1'), key('B', 'sk-2', 3)])

    expect(list.map(({ name, weight }) => [name, weight])).toEqual([
      ['A', 1],
      ['B', 3],
    ])
    expect((await list[1]?.credential?.(signal))?.secret.reveal()).toBe('sk-2')
  })

  it('makes ids that survive a reload and depend on type, address and key', () => {
    const id = (rest = {}, text = 'sk-1') => targets([key('A', text)], rest)[0]?.id

    expect(id()).toBe(id())
    expect(targets([key('renamed', 'sk-1')])[0]?.id).toBe(id())
    expect(
      new Set([id(), id({}, 'sk-2'), id({ type: 'x' }), id({ baseUrl: 'https://b' })]).size,
    ).toBe(4)
    expect(id()).not.toContain('sk-1')
  })

  it('takes each key once', () => {
    expect(targets([key('A', 'sk-1'), key('B', 'sk-1')]).map(({ name }) => name)).toEqual(['A'])
  })

  it('keeps names apart that several keys share', () => {
    const names = targets([key('A', '1'), key('A', '2'), key('A', '3')]).map(({ name }) => name)

    expect(names).toEqual(['A', 'A#2', 'A#3'])
  })

  it.each([' sk-1\n', 'Bearer sk-1', 'bearer  sk-1'])('cleans a pasted key: %j', async (text) => {
    const [target] = targets([key('A', text)])

    expect((await target?.credential?.(signal))?.secret.reveal()).toBe('sk-1')
    expect(target?.id).toBe(targets([key('A', 'sk-1')])[0]?.id)
  })

  it.each(['sk\n-1', 'sk 1', 'ключ'])('refuses a key that no header can hold: %j', (text) => {
    expect(() => targets([key('A', text)])).toThrow(/^The key A is empty or has characters/)
  })

  it('names plain texts by their place, and refuses empty ones', async () => {
    const make = (keys: readonly string[]) =>
      keyTargets({
        type: 'acme',
        baseUrl: 'https://api.acme.example/v1',
        keys,
        defaults: { strategy: 'round-robin', affinity: 'none' },
        stateScope: 'key',
      }).current()

    const list = make(['sk-1', 'sk-2'])

    expect(list.map(({ name }) => name)).toEqual(['api_keys[0]', 'api_keys[1]'])
    expect((await list[1]?.credential?.(signal))?.secret.reveal()).toBe('sk-2')
    expect(() => make([' '])).toThrow(/^The key api_keys\[0\] is empty/)
  })

  it('makes one target without a credential where there is no key', () => {
    const [target, second] = targets([])

    expect(target).toMatchObject({ name: 'no-key', weight: 1 })
    expect(target?.credential).toBeUndefined()
    expect(second).toBeUndefined()
  })

  it('scopes opaque state to the provider, to the key or to an account', () => {
    const scopes = (stateScope: KeyTargetsOptions['stateScope']) =>
      targets([key('A', '1'), key('B', '2')], { stateScope }).map((target) => target.stateScope)

    expect(new Set(scopes('provider')).size).toBe(1)
    expect(new Set(scopes('key')).size).toBe(2)
    expect(new Set(scopes({ account: 'org-1' })).size).toBe(1)
    expect(scopes({ account: 'org-1' })[0]).not.toBe(scopes({ account: 'org-2' })[0])
    expect(scopes({ account: 'org-1' })[0]).not.toBe(scopes('provider')[0])
  })
})
