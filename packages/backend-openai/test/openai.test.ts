import { readFileSync } from 'node:fs'
import {
  type BackendContext,
  createGateway,
  createMemoryStateStore,
  defaultNetwork,
  type Gateway,
  Secret,
  silentLogger,
  systemClock,
} from '@jackfield/core'
import { type OpenAIChatFake, startOpenAIChatFake } from '@jackfield/testkit'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import openai, { type OpenAIOptions } from '../src/index.ts'

const context: BackendContext = {
  name: 'openai',
  log: silentLogger,
  clock: systemClock,
  random: () => 0.5,
  state: createMemoryStateStore({ clock: systemClock }),
  userAgent: 'jackfield/test',
  network: defaultNetwork,
}

const principal = { id: 'local', name: 'local' }

describe('the openai backend', () => {
  let fake: OpenAIChatFake
  let gateway: Gateway | undefined
  beforeEach(async () => {
    fake = await startOpenAIChatFake({ models: ['gpt-5.1', 'brand-new'] })
  })
  afterEach(async () => {
    await gateway?.close({ graceMs: 0 })
    gateway = undefined
    await fake.close()
  })

  const start = async (options: Partial<OpenAIOptions> = {}): Promise<Gateway> => {
    const api_keys = [{ name: 'OPENAI_API_KEY', value: new Secret('sk-fake') }]
    gateway = await createGateway({
      config: {
        backends: [
          {
            name: 'openai',
            plugin: openai,
            options: { base_url: fake.baseUrl, api_keys, ...options },
          },
        ],
      },
    })
    return gateway
  }

  it('describes every option in its README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const { properties } = Object(openai.options)

    const missing = Object.keys(Object(properties)).filter(
      (name) => !readme.includes(`\`${name}\``),
    )

    expect(missing).toEqual([])
  })

  it('needs a key and nothing else', () => {
    const validator = Compile(openai.options)

    expect(validator.Check({ api_keys: ['sk-1'] })).toBe(true)
    expect(validator.Check({})).toBe(false)
    expect(validator.Check({ api_keys: ['sk-1'], organisation: 'x' })).toBe(false)
  })

  it('lists what OpenAI lists, with the limits that OpenAI does not say', async () => {
    const running = await start({ organization: 'org-1', project: 'proj_1' })

    const models = await running.models(principal)

    expect(models.map(({ id, contextWindow }) => [id, contextWindow])).toEqual([
      ['gpt-5.1', 400_000],
      ['brand-new', undefined],
    ])
    expect(fake.server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-fake',
      'openai-organization': 'org-1',
      'openai-project': 'proj_1',
    })
  })

  it('lists known models while OpenAI does not answer', async () => {
    const running = await start()
    await fake.server.setListener('refuse')

    const models = await running.models(principal)

    expect(models.map(({ id }) => id)).toContain('gpt-5.1')
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
  })

  it('gives encrypted reasoning to the keys of the organisation that it was made for', async () => {
    const keys = { api_keys: ['sk-1', 'sk-2'] }
    const scopes = async (options: OpenAIOptions) => {
      const backend = await openai.create({ ...keys, ...options }, context)
      const found = backend.targets.current().map(({ stateScope }) => stateScope)
      await backend.dispose?.()
      return found
    }

    const unknown = await scopes({})
    const one = await scopes({ organization: 'org-1' })
    const other = await scopes({ organization: 'org-2' })

    expect(new Set(unknown).size).toBe(2)
    expect(new Set(one).size).toBe(1)
    expect(new Set([...unknown, ...one, ...other]).size).toBe(4)
  })

  it('lets an operator choose the surface for translations', () => {
    const validator = Compile(openai.options)

    expect(validator.Check({ api_keys: ['sk-1'], dialect: 'openai-responses' })).toBe(true)
    expect(validator.Check({ api_keys: ['sk-1'], dialect: 'responses' })).toBe(false)
  })

  it('sends no account headers that nobody configured', async () => {
    const running = await start()

    await running.models(principal)

    expect(Object.keys(fake.server.requests[0]?.headers ?? {})).not.toContain('openai-organization')
  })
})
