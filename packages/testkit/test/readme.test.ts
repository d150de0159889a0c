import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startOpenAIChatFake } from '../src/index.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const examples = [...read('../README.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, text = '']) => text,
)

describe('the examples of the README', () => {
  it('are three', () => {
    expect(examples).toHaveLength(3)
  })

  it('begin with a contract test as we run one', () => {
    const ours = (examples[0] ?? '')
      .replaceAll('../src/index.ts', './tiny/plugin.ts')
      .replaceAll('@jackfield/testkit', '../../src/index.ts')
      .replaceAll('acme', 'tiny')

    expect(read('./describe-backend/tiny.test.ts')).toBe(ours)
  })

  it('go on with the one of a provider that differs', () => {
    const [start = ''] = (examples[1] ?? '').split('})\n')

    expect(read('../../backend-internlm/test/contract.test.ts')).toContain(start)
  })

  it('end with a fake that does what is said', async () => {
    const callSomething = async (baseUrl: string): Promise<void> => {
      const body = JSON.stringify({ model: 'fake-chat', messages: [] })
      const headers = { authorization: 'Bearer sk-one', 'content-type': 'application/json' }
      const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', headers, body })
      await expect(response.text()).rejects.toThrow()
    }

    // biome-ignore format: the same lines as in the README
    {
const fake = await startOpenAIChatFake({
  keys: { 'sk-one': 'ok', 'sk-two': { status: 429, retryAfter: 30 } },
})
fake.server.respondOnce([{ do: 'head', status: 200 }, { do: 'write', bytes: '{"cho' }, { do: 'cut' }])
await callSomething(fake.baseUrl)
expect(fake.keysUsed()).toEqual(['sk-one'])
await fake.close()
    }

    const lines = (examples[2] ?? '').split('\n').filter((line) => !line.includes('// →'))
    expect(read('./readme.test.ts')).toContain(lines.slice(0, 5).join('\n'))
  })
})
