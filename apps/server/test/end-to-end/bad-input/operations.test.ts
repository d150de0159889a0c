import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DialectName } from '../../compatibility/client.ts'
import { startWorld, type World } from '../../compatibility/world.ts'
import { wires } from '../wires.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Path, what is sent there, and the field to blame. The model is one of a provider of the client's own protocol. */
type Row = readonly [path: string, body: object, field: string]

const model = (dialect: DialectName) => `${dialect}:fake-chat`
const own = model('gemini')

const rows: Readonly<Record<DialectName, readonly Row[]>> = {
  'openai-chat': [
    ['/v1/embeddings', { model: model('openai-chat') }, 'input'],
    ['/v1/embeddings', { model: model('openai-chat'), input: {} }, 'input'],
    ['/v1/embeddings', { model: 1, input: 'x' }, 'model'],
    [
      '/v1/embeddings',
      { model: model('openai-chat'), input: 'x', dimensions: 'many' },
      'dimensions',
    ],
    ['/v1/completions', { model: model('openai-chat') }, 'prompt'],
    ['/v1/completions', { model: model('openai-chat'), prompt: 1 }, 'prompt'],
    ['/v1/completions', { model: model('openai-chat'), prompt: 'x', echo: 'x' }, 'echo'],
  ],
  'openai-responses': [
    ['/v1/responses/input_tokens', { model: model('openai-responses') }, 'input'],
    ['/v1/responses/input_tokens', { model: model('openai-responses'), input: 1 }, 'input'],
    ['/v1/responses/input_tokens', { model: 1, input: 'x' }, 'model'],
  ],
  'anthropic-messages': [
    ['/v1/messages/count_tokens', { model: model('anthropic-messages') }, 'messages'],
    ['/v1/messages/count_tokens', { model: model('anthropic-messages'), messages: [] }, 'messages'],
    [
      '/v1/messages/count_tokens',
      { model: model('anthropic-messages'), messages: ['Hi'] },
      'messages[0]',
    ],
    ['/anthropic/v1/messages', { model: model('anthropic-messages'), messages: {} }, 'messages'],
  ],
  gemini: [
    [`/v1beta/models/${own}:countTokens`, {}, 'contents'],
    [`/v1beta/models/${own}:countTokens`, { contents: [] }, 'contents'],
    [
      `/v1beta/models/${own}:countTokens`,
      { generateContentRequest: {} },
      'generateContentRequest.contents',
    ],
    [`/v1beta/models/${own}:embedContent`, {}, 'content'],
    [`/v1beta/models/${own}:embedContent`, { content: 'x' }, 'content'],
    [`/v1beta/models/${own}:batchEmbedContents`, { requests: [] }, 'requests'],
    [`/v1beta/models/${own}:batchEmbedContents`, { requests: [1] }, 'requests[0]'],
    [`/v1/models/${own}:generateContent`, {}, 'contents'],
    [`/v1alpha/models/${own}:generateContent`, {}, 'contents'],
    [`/v1beta/models/${own}:streamGenerateContent?alt=sse`, {}, 'contents'],
    [`/v1beta/models/${own}:streamGenerateContent`, {}, 'contents'],
  ],
}

describe.each(Object.entries(rows))('an operation of %s', (client, list) => {
  it.each(list)('%s with %j blames %s', async (path, body, field) => {
    const { readError, badRequest } = wires[client as DialectName]

    const answer = await fetch(`${world.gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

    const told: unknown = await answer.json()
    // Streams that are arrays tell errors in one.
    const error = readError(Array.isArray(told) ? told[0] : told)
    expect(Array.isArray(told)).toBe(path.endsWith(':streamGenerateContent'))
    expect({ ...error, status: answer.status }).toMatchObject({ status: 400, type: badRequest })
    expect(error.message).toContain(`\`${field}\``)
    if (client !== 'anthropic-messages') expect(error.field).toBe(field)
  })

  it('makes no provider busy with mistakes', () => {
    const requests = world.providers.flatMap(({ server }) => server.requests)

    expect(requests.filter(({ method }) => method === 'POST')).toEqual([])
  })
})
