import type { ListedModel } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { type FrontendAppOptions, frontendApp } from './support/frontend-app.ts'

const version = { 'anthropic-version': '2023-06-01' }

const models: readonly ListedModel[] = [
  { id: 'a', ownedBy: 'x', created: 0 },
  { id: 'b/c', ownedBy: 'x', created: 1_735_689_600, contextWindow: 9, maxOutputTokens: 3 },
  { id: 'd', ownedBy: 'y', created: 0 },
]

async function ask(url: string, options: FrontendAppOptions = {}) {
  const { app } = await frontendApp({ models, ...options })
  return await app.inject({ url, headers: version })
}

const page = async (query: string) => {
  const { data, ...rest } = (await ask(`/v1/models${query}`)).json()
  return { ids: data.map(({ id }: { readonly id: string }) => id), ...rest }
}

describe('models', () => {
  it.each(['/v1/models', '/anthropic/v1/models'])('have Anthropic’s shape: %s', async (url) => {
    const answer = await ask(url)

    expect(answer.json()).toMatchObject({ has_more: false, first_id: 'a', last_id: 'd' })
    expect(answer.json().data[1]).toEqual({
      type: 'model',
      id: 'b/c',
      display_name: 'b/c',
      created_at: '2025-01-01T00:00:00Z',
      max_input_tokens: 9,
      max_tokens: 3,
      capabilities: null,
      lifecycle: 'active',
      line: null,
      deprecated_at: null,
      retires_at: null,
    })
    expect(answer.json().data[0]).toMatchObject({
      created_at: '1970-01-01T00:00:00Z',
      max_tokens: null,
    })
  })

  it.each(['/v1/models/b/c', '/v1/models/b%2Fc', '/anthropic/v1/models/b%2Fc'])(
    'are found one by one: %s',
    async (url) => {
      expect((await ask(url)).json()).toMatchObject({ type: 'model', id: 'b/c' })
    },
  )

  it.each(['/v1/models/no', '/anthropic/v1/models/no'])('are missed: %s', async (url) => {
    const answer = await ask(url)

    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  it('keep OpenAI’s shape for clients that name no version', async () => {
    const { app } = await frontendApp({ models })

    expect((await app.inject('/v1/models')).json()).toHaveProperty('object', 'list')
  })

  it('ask for a key', async () => {
    const answer = await ask('/anthropic/v1/models', { key: 'secret' })

    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ error: { type: 'authentication_error' } })
  })
})

describe('pages of models', () => {
  it.each([
    ['?limit=2', ['a', 'b/c'], true],
    ['?limit=2&after_id=b/c', ['d'], false],
    ['?limit=1&after_id=a', ['b/c'], true],
    ['?after_id=d', [], false],
    ['?limit=1&before_id=d', ['b/c'], true],
    ['?limit=5&before_id=d', ['a', 'b/c'], false],
    ['?after_id=a&before_id=d', ['b/c'], false],
    ['?limit=1000&after_id=', ['a', 'b/c', 'd'], false],
  ])('are cut as asked: %s', async (query, ids, more) => {
    expect(await page(query)).toEqual({
      ids,
      has_more: more,
      first_id: ids[0] ?? null,
      last_id: ids.at(-1) ?? null,
    })
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=two', 'limit'],
    ['limit=-1', 'limit'],
    ['after_id=no', 'after_id'],
    ['before_id=no', 'before_id'],
  ])('are refused: %s', async (query, name) => {
    const answer = await ask(`/v1/models?${query}`)

    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    })
    expect(answer.json().error.message).toContain(name)
  })
})
