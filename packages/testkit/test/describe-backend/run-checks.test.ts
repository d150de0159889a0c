import { describe, expect, it } from 'vitest'
import { runChecks } from '../../src/index.ts'
import tiny from './tiny/plugin.ts'
import tinyVirtual from './tiny/virtual.ts'

const virtual = { options: {}, capabilities: { streaming: 'virtual' } } as const
const entryOf = (name: string) => new URL(`./entries/${name}.ts`, import.meta.url)
const isEntry = ({ id }: { readonly id: string }) => id.startsWith('entry.')

describe('running checks', () => {
  it('says of each what it is about, and nothing more where all is well', async () => {
    const [result] = await runChecks(tinyVirtual, {
      ...virtual,
      select: ({ id }) => id === 'plugin.type',
    })

    expect(result).toEqual({
      id: 'plugin.type',
      title: 'has a type of lower-case letters, digits and dashes',
    })
  })

  it('makes only checks that make sense', async () => {
    const ids: string[] = []
    const select = ({ id }: { readonly id: string }) => {
      ids.push(id)
      return false
    }

    expect(await runChecks(tinyVirtual, { ...virtual, select })).toEqual([])

    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => /^(faults|abort|keys|headers)\./.test(id))).toEqual([])
  })

  it('makes no check of the entry that it was not given', async () => {
    expect(await runChecks(tinyVirtual, { ...virtual, select: isEntry })).toEqual([])
  })

  it('goes on when a backend cannot be made', async () => {
    const create = () => {
      throw new TypeError('no')
    }

    const results = await runChecks({ ...tinyVirtual, create }, virtual)

    expect(results.find(({ id }) => id === 'options.accepted')?.error?.message).toContain('no')
    expect(results.find(({ id }) => id === 'plugin.type')?.error).toBeUndefined()
  })

  it('refuses protocols that it cannot speak', async () => {
    const checking = runChecks(tinyVirtual, { ...virtual, dialect: 'openai-responses' })

    await expect(checking).rejects.toThrow('no contract checks for openai-responses')
  })

  it('refuses capabilities that a backend without a provider cannot have', async () => {
    const capabilities = { streaming: 'virtual', embeddings: true } as const

    const checking = runChecks(tinyVirtual, { options: {}, capabilities })

    await expect(checking).rejects.toThrow('leave out capabilities.embeddings')
  })

  it('understands recordings, and says which one it cannot', async () => {
    const good = { name: 'good', stream: false, responseBody: body('Hello.') }
    const bad = { name: 'bad', stream: false, responseBody: '{"choices":' }
    const refusal = { name: 'refusal', stream: true, status: 429, responseBody: '{"error":"no"}' }

    const results = await runChecks(tiny, {
      options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
      fixtures: [good, bad, refusal],
      select: ({ id }) => id.startsWith('fixtures.'),
    })

    const failed = results.filter(({ error }) => error).map(({ id }) => id)
    expect(results).toHaveLength(6)
    expect(failed).toEqual(['fixtures.bad/forward-unary', 'fixtures.bad/translate-unary'])
  })

  it.each([
    ['prints', 'hello'],
    ['waits', 'Timeout'],
    ['exits', 'ended its process'],
    ['throws', 'not today'],
  ])('catches a module that %s when it is imported', async (name, what) => {
    const entry = entryOf(name)

    const [result] = await runChecks(tinyVirtual, { ...virtual, entry, select: isEntry })

    expect(String(result?.error)).toContain(what)
  })
})

function body(content: string): string {
  const message = { role: 'assistant', content }
  return JSON.stringify({
    id: 'a',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  })
}
