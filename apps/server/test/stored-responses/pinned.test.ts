import { startOpenAIResponsesFake } from '@jackfield/testkit'
import OpenAI from 'openai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { loadTestConfig, startGateway } from '../end-to-end/harness.ts'
import { create, errorOf, told } from './create.ts'
import { responsesClient, weatherTool } from './world.ts'

const model = 'fake-chat'

/** A provider whose two keys belong to two accounts that see nothing of each other, behind one backend. */
async function twoAccounts(more: Readonly<Record<string, unknown>> = {}) {
  const fake = await startOpenAIResponsesFake({
    keys: { 'sk-one': 'ok', 'sk-two': 'ok' },
    stateScope: 'key',
  })
  onTestFinished(() => fake.close())
  const yaml = (keys: readonly string[], settings = more) =>
    stringify({
      backends: {
        openai: {
          type: 'openai',
          dialect: 'openai-responses',
          base_url: fake.baseUrl,
          api_keys: keys,
          pool: { affinity: 'none' },
        },
      },
      max_wait: 0,
      ...settings,
    })
  const gateway = await startGateway(yaml(['sk-one', 'sk-two']))
  return { fake, gateway, yaml, client: responsesClient(gateway) }
}

describe('an answer that its provider keeps', () => {
  it.each([false, true])('goes on with the key that made it, streamed: %s', async (stream) => {
    const { fake, client } = await twoAccounts()
    const begun = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        create(client, { model, input: `Hello ${index}` }, { stream }),
      ),
    )
    const keysAtFirst = fake.keysUsed()

    const answers = await Promise.all(
      begun.map(({ id }) =>
        create(client, { model, input: 'More', previous_response_id: id }, { stream }),
      ),
    )

    expect(answers.map(({ output_text }) => output_text)).toEqual(Array(6).fill('You said: More'))
    expect(new Set(keysAtFirst)).toEqual(new Set(['sk-one', 'sk-two']))
    expect(answers.map(({ previous_response_id }) => previous_response_id)).toEqual(
      begun.map(({ id }) => id),
    )
  })

  it('goes on with the key that made it after another had failed', async () => {
    const { fake, client } = await twoAccounts({ max_tries: 2 })
    fake.setKey('sk-one', { status: 503 })
    const answers = [
      await client.responses.create({ model, input: 'one' }),
      await client.responses.create({ model, input: 'two' }),
    ]
    fake.setKey('sk-one', 'ok')

    const more = await Promise.all(
      answers.map(({ id }) =>
        client.responses.create({ model, input: 'More', previous_response_id: id }),
      ),
    )

    expect(more.map(({ output_text }) => output_text)).toEqual(Array(2).fill('You said: More'))
    expect(fake.keysUsed().slice(-2)).toEqual(['sk-two', 'sk-two'])
  })

  it('is retrieved, streamed again, listed, deleted with that key', async () => {
    const { client, fake } = await twoAccounts()
    const answers = [
      await client.responses.create({ model, input: 'one' }),
      await client.responses.create({ model, input: 'two' }),
    ]

    for (const given of answers) {
      const { id, output } = await client.responses.retrieve(given.id)
      const kinds: string[] = []
      const stream = await client.responses.retrieve(id, { stream: true, starting_after: 1 })
      for await (const event of stream) kinds.push(event.type)
      const items = await client.responses.inputItems.list(id)
      const cancelled = told(await errorOf(client.responses.cancel(id)))
      await client.responses.delete(id)

      expect(output).toEqual(given.output)
      expect([kinds[0], kinds.at(-1)]).toEqual(['response.output_item.added', 'response.completed'])
      expect(items.data).toHaveLength(1)
      expect(cancelled).toMatchObject({
        status: 400,
        message: '400 Cannot cancel a synchronous response.',
      })
      expect(told(await errorOf(client.responses.retrieve(id)))).toMatchObject({ status: 404 })
    }
    // The deleted ids are not asked for once more.
    const retrievals = fake.server.requests.filter(
      ({ method, query }) => method === 'GET' && query === '',
    )
    expect(retrievals.filter(({ path }) => !path.endsWith('input_items'))).toHaveLength(2)
  })

  it.each([
    ['is cooled', { status: 429, retryAfter: 3600 }, 429],
    ['has no quota left', { status: 402 }, 429],
    ['is rejected', { status: 401 }, 502],
  ] as const)('goes to no other account when its key %s', async (_, refusal, status) => {
    const { fake, client } = await twoAccounts()
    const { id } = await client.responses.create({ model, input: 'Hello' })
    const [key = ''] = fake.keysUsed()
    fake.setKey(String(key), refusal)
    const more = { model, input: 'More', previous_response_id: id }

    const first = told(await errorOf(client.responses.create(more)))
    const again = told(await errorOf(client.responses.create(more)))
    const retrieved = told(await errorOf(client.responses.retrieve(id)))
    const fresh = await client.responses.create({ model, input: 'New' })

    expect(first['status']).toBe(status)
    expect([429, 502, 503]).toContain(again['status'])
    expect([429, 502, 503]).toContain(retrieved['status'])
    expect(JSON.stringify([first, again, retrieved])).not.toContain('sk-')
    expect(fresh.output_text).toBe('You said: New')
    const others = fake.server.requests.filter(
      ({ headers }) => !headers['authorization']?.endsWith(String(key)),
    )
    expect(others.map((request) => request.json())).toEqual([{ model, input: 'New' }])
  })

  it('is out of reach when its key was taken away, and there again when that returns', async () => {
    const { fake, client, gateway, yaml } = await twoAccounts()
    const { id } = await client.responses.create({ model, input: 'Hello' })
    const [key] = fake.keysUsed()
    const other = key === 'sk-one' ? 'sk-two' : 'sk-one'
    const more = { model, input: 'More', previous_response_id: id }

    await gateway.server.apply(await loadTestConfig(yaml([other])))
    const errors = [
      told(await errorOf(client.responses.create(more))),
      told(await errorOf(client.responses.create({ ...more, stream: true }))),
      told(await errorOf(client.responses.retrieve(id))),
    ]
    const used = fake.keysUsed()
    await gateway.server.apply(await loadTestConfig(yaml([other, String(key)])))
    const back = await client.responses.create(more)

    expect(errors.map(({ status, code }) => [status, code])).toEqual(
      Array(3).fill([503, 'no_available_target']),
    )
    expect(used).toEqual([key])
    expect(back.output_text).toBe('You said: More')
  })

  it('is out of reach when its backend was taken away', async () => {
    const { fake, client, gateway } = await twoAccounts()
    const { id } = await client.responses.create({ model, input: 'Hello' })
    const other = { type: 'openai-compatible', base_url: fake.baseUrl, api_key: 'sk-two' }

    await gateway.server.apply(await loadTestConfig(stringify({ backends: { other } })))
    const error = told(
      await errorOf(client.responses.create({ model, input: 'x', previous_response_id: id })),
    )

    expect(error).toMatchObject({ status: 503, code: 'no_available_target' })
    expect(error['message']).toContain('"openai"')
  })

  it('keeps its backend, whatever model the next request names', async () => {
    const fake = await startOpenAIResponsesFake({ chat: true })
    onTestFinished(() => fake.close())
    const shared = { base_url: fake.baseUrl, api_key: 'sk-fake' }
    const gateway = await startGateway(
      stringify({
        backends: {
          openai: { type: 'openai', dialect: 'openai-responses', ...shared },
          other: { type: 'openai-compatible', ...shared },
        },
      }),
    )
    const client = responsesClient(gateway)
    const { id } = await client.responses.create({ model: 'openai:fake-chat', input: 'Hello' })

    const second = await client.responses.create({
      model: 'other:fake-chat',
      input: 'More',
      previous_response_id: id,
    })

    expect(second.output_text).toBe('You said: More')
    expect(fake.server.requests.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/responses'])
  })

  it('is not known with `store: false`, as at the provider', async () => {
    const { client } = await twoAccounts()
    const params = { model, input: 'Hello', store: false }

    for (const stream of [false, true]) {
      const { id } = await create(client, params, { stream })
      const errors = [
        await errorOf(client.responses.retrieve(id)),
        await errorOf(client.responses.create({ ...params, previous_response_id: id })),
      ]

      expect(errors.map((error) => told(error)['status'])).toEqual([404, 400])
    }
  })

  it('cannot be found by somebody who only guesses its id', async () => {
    const { client, fake } = await twoAccounts()
    const direct = new OpenAI({ apiKey: 'sk-one', baseURL: fake.baseUrl, maxRetries: 0 })
    const { id } = await direct.responses.create({ model, input: 'Somebody’s secret' })
    const before = fake.server.requests.length

    const errors = [
      await errorOf(client.responses.retrieve(id)),
      await errorOf(client.responses.delete(id)),
      await errorOf(client.responses.create({ model, input: 'x', previous_response_id: id })),
    ]

    expect(errors.map((error) => told(error)['status'])).toEqual([404, 404, 400])
    expect(fake.server.requests).toHaveLength(before)
  })
})

describe('work in the background', () => {
  it('is polled and comes to its end', async () => {
    const { client } = await twoAccounts()
    const queued = await client.responses.create({ model, input: 'Hello', background: true })

    const polls = [
      await client.responses.retrieve(queued.id),
      await client.responses.retrieve(queued.id),
    ]

    expect([queued, ...polls].map(({ status }) => status)).toEqual([
      'queued',
      'in_progress',
      'completed',
    ])
    expect(polls[1]?.output_text).toBe('You said: Hello')
  })

  it('is cancelled, and stays so', async () => {
    const { client } = await twoAccounts()
    const { id } = await client.responses.create({
      model,
      input: 'weather',
      tools: [weatherTool],
      background: true,
    })

    const cancelled = await client.responses.cancel(id)
    const after = await client.responses.retrieve(id)

    expect([cancelled.status, after.status]).toEqual(['cancelled', 'cancelled'])
  })
})
