import type { ListedModel } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { type FrontendAppOptions, frontendApp } from './support/frontend-app.ts'

const models: readonly ListedModel[] = [
  { id: 'a', ownedBy: 'x', created: 0 },
  {
    id: 'b/c',
    ownedBy: 'x',
    created: 1,
    contextWindow: 9,
    maxOutputTokens: 3,
    capabilities: ['tools', 'reasoning'],
  },
  { id: 'd', ownedBy: 'y', created: 0, capabilities: ['embeddings'] },
]

async function ask(url: string, options: FrontendAppOptions = {}, headers = {}) {
  const { app } = await frontendApp({ models, ...options })
  return await app.inject({ url, headers })
}

const generating = ['generateContent', 'streamGenerateContent', 'countTokens']

describe('models', () => {
  it.each(['/v1beta/models', '/v1alpha/models', '/gemini/v1/models'])(
    'have Gemini’s shape: %s',
    async (url) => {
      expect((await ask(url)).json()).toEqual({
        models: [
          {
            name: 'models/a',
            version: '001',
            displayName: 'a',
            supportedGenerationMethods: generating,
          },
          {
            name: 'models/b/c',
            version: '001',
            displayName: 'b/c',
            inputTokenLimit: 9,
            outputTokenLimit: 3,
            supportedGenerationMethods: generating,
            thinking: true,
          },
          {
            name: 'models/d',
            version: '001',
            displayName: 'd',
            supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
          },
        ],
      })
    },
  )

  it.each([
    [{ 'x-goog-api-key': 'k' }, 'models'],
    [{ 'x-goog-api-client': 'google-genai-sdk/3' }, 'models'],
    [{ authorization: 'Bearer k' }, 'data'],
    [{ 'x-goog-api-key': 'k', 'anthropic-version': '2023-06-01' }, 'data'],
  ])('on the shared path have the shape of the client that sends %j', async (headers, member) => {
    expect((await ask('/v1/models', {}, headers)).json()).toHaveProperty(member)
  })

  it.each(['/v1beta/models/b/c', '/v1beta/models/b%2Fc', '/gemini/v1beta/models/b%2Fc'])(
    'are found one by one: %s',
    async (url) => {
      expect((await ask(url)).json()).toMatchObject({ name: 'models/b/c' })
    },
  )

  it('are missed in Google’s form', async () => {
    const answer = await ask('/v1beta/models/no')

    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
  })

  it('ask for a key, and take it from the query', async () => {
    const refused = await ask('/v1beta/models', { key: 'secret' })
    const allowed = await ask('/v1beta/models?key=secret', { key: 'secret' })

    expect(refused.statusCode).toBe(401)
    expect(refused.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } })
    expect(allowed.statusCode).toBe(200)
  })
})

describe('pages of models', () => {
  const page = async (query: string) => {
    const { models, nextPageToken } = (await ask(`/v1beta/models${query}`)).json()
    return {
      names: models.map(({ name }: { readonly name: string }) => name),
      next: nextPageToken,
    }
  }

  it('follow each other by their tokens', async () => {
    const first = await page('?pageSize=2')
    const second = await page(`?pageSize=2&pageToken=${first.next}`)

    expect(first.names).toEqual(['models/a', 'models/b/c'])
    expect(second).toEqual({ names: ['models/d'], next: undefined })
  })

  it.each(['?pageSize=0', '?pageSize=5000', '?page_size=9', '?pageToken=', ''])(
    'hold all where nothing less is asked for: %s',
    async (query) => {
      expect((await page(query)).names).toHaveLength(3)
    },
  )

  it.each([
    ['pageSize=-1', 'pageSize'],
    ['pageSize=two', 'pageSize'],
    ['pageToken=no', 'pageToken'],
  ])('are refused: %s', async (query, name) => {
    const answer = await ask(`/v1beta/models?${query}`)

    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
    expect(answer.json().error.message).toContain(name)
  })
})
