import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../compatibility/client.ts'
import { type Provider, providerKey } from '../compatibility/provider.ts'
import { startWorld, type World } from '../compatibility/world.ts'
import { wires } from './wires.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const pairs = dialects.flatMap((client) => dialects.map((provider) => [client, provider] as const))

function providerOf(dialect: DialectName): Provider {
  const [found] = world.providers.filter((provider) => provider.dialect === dialect)
  if (found === undefined) throw new Error(`there is no provider of ${dialect}`)
  return found
}

interface Sent {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly members?: Readonly<Record<string, unknown>>
  readonly query?: string
  readonly stream?: boolean
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What the provider received for it. */
  readonly received: ReturnType<typeof lastRequest>
}

function lastRequest({ server }: Provider) {
  const request = server.requests.findLast(({ method }) => method === 'POST')
  if (request === undefined) throw new Error('the provider was not asked')
  return request
}

/** Sends a good request with more in it. Without `fetch`, which joins and checks headers. */
async function send(client: DialectName, provider: DialectName, sent: Sent = {}): Promise<Answer> {
  const model = `${provider}:fake-chat`
  const { path, body } = wires[client]
  const target = path(model, sent.stream)
  const query = sent.query === undefined ? '' : `${target.includes('?') ? '&' : '?'}${sent.query}`
  const { promise, resolve, reject } = Promise.withResolvers<Omit<Answer, 'received'>>()
  const call = httpRequest(`${world.gateway.url}${target}${query}`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(
        Object.entries(sent.headers ?? {}).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : [...value],
        ]),
      ),
    },
  })
  call.on('error', reject)
  call.on('response', async (response) => {
    const text = (await response.toArray()).join('')
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
  })
  call.end(JSON.stringify({ ...body(model, sent.stream), ...sent.members }))
  const answer = await promise
  return { ...answer, received: lastRequest(providerOf(provider)) }
}

describe('every answer says which call it was and where it went', () => {
  it.each(pairs)('from %s to %s', async (client, provider) => {
    for (const stream of [false, true]) {
      const { status, headers } = await send(client, provider, { stream })
      const line = await world.gateway.nextCall()

      expect(status).toBe(200)
      expect(headers['x-jackfield-route']).toMatch(new RegExp(`^${provider}\\.\\S+:fake-chat$`))
      expect(headers['x-jackfield-request-id']).toBe(line['callId'])
      expect(line['backend']).toBe(provider)
      expect(headers['x-jackfield-dropped']).toBeUndefined()
    }
  })

  it('with an id of its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send('openai-chat', 'openai-chat')),
    )

    const ids = answers.map(({ headers }) => headers['x-jackfield-request-id'])
    expect(new Set(ids).size).toBe(20)
  })
})

/** Requests with several things that other protocols cannot say, and the names of those. */
const unspeakable: Readonly<
  Record<DialectName, readonly [Record<string, unknown>, Record<string, string>]>
> = {
  'openai-chat': [
    { seed: 1, logit_bias: { 50256: -100 }, presence_penalty: 1, web_search_options: {} },
    {
      'openai-responses': 'seed, presence_penalty, logit_bias, web_search_options',
      'anthropic-messages': 'seed, presence_penalty, logit_bias, web_search_options',
      gemini: 'logit_bias, web_search_options',
    },
  ],
  'openai-responses': [
    {
      tools: [{ type: 'web_search' }, { type: 'file_search', vector_store_ids: ['vs_1'] }],
      truncation: 'auto',
      max_tool_calls: 3,
    },
    {
      'openai-chat': 'web_search, file_search, truncation, max_tool_calls',
      'anthropic-messages': 'web_search, file_search, truncation, max_tool_calls',
      // Google has a search of its own.
      gemini: 'file_search, truncation, max_tool_calls',
    },
  ],
  'anthropic-messages': [
    {
      top_k: 5,
      container: 'c1',
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }],
    },
    {
      'openai-chat': 'top_k, web_search_20250305, cache, container',
      'openai-responses': 'top_k, web_search_20250305, cache, container',
      gemini: 'cache, container',
    },
  ],
  gemini: [
    {
      tools: [{ googleSearch: {} }, { codeExecution: {} }],
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      generationConfig: { topK: 5 },
    },
    {
      'openai-chat': 'googleSearch, codeExecution, safetySettings, top_k',
      'openai-responses': 'googleSearch, codeExecution, safetySettings, top_k',
      'anthropic-messages': 'googleSearch, codeExecution, safetySettings',
    },
  ],
}

const sorted = (list: string | undefined) => (list ?? '').split(', ').toSorted()

describe('what a provider cannot be told is named', () => {
  it.each(pairs.filter(([client, provider]) => client !== provider))(
    'from %s to %s',
    async (client, provider) => {
      const [members, names] = unspeakable[client]

      for (const stream of [false, true]) {
        const { status, headers } = await send(client, provider, { members, stream })

        expect(status).toBe(200)
        expect(sorted(String(headers['x-jackfield-dropped']))).toEqual(sorted(names[provider]))
      }
    },
  )
})

describe('headers of Anthropic', () => {
  const beta = 'context-1m-2025-08-07,zz-future-2030-01-01 ,  Odd_Case;v=1'

  it('reach Anthropic byte for byte', async () => {
    const { status, received } = await send('anthropic-messages', 'anthropic-messages', {
      headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': beta },
    })

    expect(status).toBe(200)
    const fields = received.rawHeaders.filter(([name]) => /^anthropic-/i.test(name))
    expect(fields.toSorted()).toEqual([
      ['anthropic-beta', beta],
      ['anthropic-version', '2023-06-01'],
    ])
  })

  it('may be repeated', async () => {
    const { received } = await send('anthropic-messages', 'anthropic-messages', {
      headers: { 'anthropic-beta': ['one-2025-01-01', 'two-2025-01-01'] },
    })

    expect(received.headers['anthropic-beta']?.split(/,\s*/)).toEqual([
      'one-2025-01-01',
      'two-2025-01-01',
    ])
  })

  it.each(dialects.filter((name) => name !== 'anthropic-messages'))(
    'stay here when %s answers',
    async (provider) => {
      const { status, received } = await send('anthropic-messages', provider, {
        headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': beta },
      })

      expect(status).toBe(200)
      expect(received.rawHeaders.filter(([name]) => /anthropic/i.test(name))).toEqual([])
    },
  )

  it.each(dialects.filter((name) => name !== 'anthropic-messages'))(
    'are not taken from clients of %s',
    async (client) => {
      const { status, received } = await send(client, 'anthropic-messages', {
        headers: { 'anthropic-version': '1999-01-01', 'anthropic-beta': beta },
      })

      expect(status).toBe(200)
      expect(received.headers['anthropic-version']).toBe('2023-06-01')
      expect(received.headers['anthropic-beta'] ?? '').not.toContain('zz-future')
    },
  )
})

describe('credentials', () => {
  const secret = 'client-secret-0123456789'
  const places: Readonly<Record<string, Sent>> = {
    'every header': {
      headers: {
        authorization: `Bearer ${secret}`,
        'x-api-key': secret,
        'api-key': secret,
        'x-goog-api-key': secret,
        'proxy-authorization': `Basic ${secret}`,
        cookie: `session=${secret}`,
        'openai-organization': secret,
        'x-goog-user-project': secret,
        'x-forwarded-for': secret,
        'x-own': secret,
      },
    },
    'the query': { query: `key=${secret}&access_token=${secret}&api_key=${secret}` },
  }

  it.each(
    pairs.flatMap(([client, provider]) =>
      Object.keys(places).map((place) => [client, provider, place] as const),
    ),
  )('of a client of %s never reach %s: in %s', async (client, provider, place) => {
    const { status, received, headers, body } = await send(client, provider, places[place])

    const { rawHeaders, path, query } = received
    expect(status).toBe(200)
    expect(JSON.stringify([rawHeaders, path, query, received.text()])).not.toContain(secret)
    expect(JSON.stringify([headers, body])).not.toContain(secret)
    expect(JSON.stringify(rawHeaders)).toContain(providerKey)
  })

  it('of providers and clients are in no line of the log', () => {
    const log = JSON.stringify(world.gateway.log)

    expect(world.gateway.log.length).toBeGreaterThan(50)
    expect(log).not.toContain(secret)
    expect(log).not.toContain(providerKey)
  })

  it.each(pairs)('of providers are in no answer: from %s to %s', async (client, provider) => {
    for (const stream of [false, true]) {
      const { headers, body } = await send(client, provider, { stream })

      expect(JSON.stringify([headers, body])).not.toContain(providerKey)
    }
  })
})
