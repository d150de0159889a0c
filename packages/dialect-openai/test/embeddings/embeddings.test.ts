import type { EmbeddingsRequest, EncodeContext } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'
import { context, json, textOf } from '../support/bytes.ts'
import { input } from '../support/requests.ts'

const codec = openaiChat.embeddings ?? expect.fail('the dialect has no embeddings')

const decode = (body: Record<string, unknown>) => {
  const wire = { model: 'm', ...body }
  return codec.decodeRequest(json(wire), openaiChat.head(input(wire, { operation: 'embeddings' })))
}
const encoded = (request: Partial<EmbeddingsRequest>) =>
  codec.encodeRequest({ model: 'm', inputs: ['a'], single: true, ...request })
const answer = (vectors: readonly (readonly number[])[], own: Partial<EncodeContext> = {}) =>
  JSON.parse(textOf(codec.encodeResponse({ vectors }, { ...context, framing: 'json', ...own })))
const read = (body: unknown) => codec.decodeResponse(json(body))
const item = (embedding: unknown, index?: number) => ({
  object: 'embedding',
  embedding,
  ...(index === undefined ? {} : { index }),
})

const base64 = { field: (name: string) => (name === 'encoding_format' ? 'base64' : undefined) }
const single = fc.float({ noNaN: true, noDefaultInfinity: true })
const noNegativeZero = (vectors: readonly (readonly number[])[]) =>
  vectors.map((vector) => vector.map((value) => value + 0))

describe('a request for embeddings', () => {
  it.each([
    ['hi', { inputs: ['hi'], single: true }],
    [['hi'], { inputs: ['hi'], single: false }],
    [['a', 'b'], { inputs: ['a', 'b'], single: false }],
    [[1, 2], { inputs: [[1, 2]], single: true }],
    [[[1], [2, 3]], { inputs: [[1], [2, 3]], single: false }],
    [['a', [2]], { inputs: ['a', [2]], single: false }],
  ])('of %j is read, and written as it was', (wire, expected) => {
    const request = decode({ input: wire })

    expect(request).toEqual({ model: 'm', ...expected })
    expect(codec.encodeRequest(request).body).toEqual({ model: 'm', input: wire })
  })

  it('carries what else it asks for', () => {
    const request = decode({
      input: 'hi',
      dimensions: 256,
      encoding_format: 'base64',
      user: 'u',
      input_type: 'query',
    })

    expect(request).toMatchObject({
      dimensions: 256,
      encoding: 'base64',
      endUser: 'u',
      extensions: { 'openai-chat': { input_type: 'query' } },
    })
    expect(codec.encodeRequest(request).body).toEqual({
      model: 'm',
      input: 'hi',
      dimensions: 256,
      user: 'u',
      input_type: 'query',
    })
  })

  it('names what it cannot say', () => {
    expect(encoded({ taskType: 'RETRIEVAL_QUERY', title: 't' }).dropped).toEqual([
      'task_type',
      'title',
    ])
    expect(encoded({}).dropped).toEqual([])
  })

  it.each([
    [{ input: [] }, 'input'],
    [{ input: [[]] }, 'input[0]'],
    [{ input: ['a', 5] }, 'input[1]'],
    [{ input: [1, 'a'] }, 'input[1]'],
    [{ input: [1.5] }, 'input[0]'],
    [{ input: ['a', [-1]] }, 'input[1][0]'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', dimensions: 1.5 }, 'dimensions'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ])('like %j is refused by name', (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
  })
})

describe('embeddings', () => {
  it('are told as numbers, or as the client asked', () => {
    expect(answer([[0.5, -1], [2]])).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      model: context.model,
      usage: { prompt_tokens: 0, total_tokens: 0 },
    })
    expect(answer([[0.5, -1]], base64).data[0].embedding).toBe('AAAAPwAAgL8=')
  })

  it('come back as they were, in either encoding', () => {
    const vectors = fc.array(fc.array(single, { minLength: 1 }), { minLength: 1 })
    fc.assert(
      fc.property(vectors, fc.boolean(), (list, isBase64) => {
        const wire = answer(list, isBase64 ? base64 : {})

        expect(noNegativeZero(read(wire).vectors)).toEqual(noNegativeZero(list))
        expect(openaiChat.validateResponse(json(wire))).toEqual([])
      }),
    )
  })

  it('are put in the order of their inputs', () => {
    expect(read({ data: [item([2], 1), item([1], 0)] }).vectors).toEqual([[1], [2]])
    expect(read({ data: [item([1]), item([2])] }).vectors).toEqual([[1], [2]])
  })

  it('come with the model and the usage that were told', () => {
    const usage = { prompt_tokens: 5, total_tokens: 5 }
    const response = read({ model: 'x', data: [item([1], 0)], usage })

    expect(response).toEqual({ model: 'x', vectors: [[1]], usage: { inputTokens: 5 } })
    expect(JSON.parse(textOf(codec.encodeResponse(response, context)))).toMatchObject({
      model: 'x',
      usage,
    })
  })

  it.each([
    ['no object', []],
    ['no list', { object: 'list' }],
    ['no vector', { data: [{ index: 0 }] }],
    ['half a number', { data: [item('AAAA')] }],
    ['texts', { data: [item(['a'])] }],
  ])('that hold %s are an invalid answer', (_, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }))
  })

  it('may be an error in a 200, in the words of the provider', () => {
    const dialect = createOpenAIChat({ errorCodes: { '1113': 'upstream_quota_exhausted' } })

    expect(() => dialect.embeddings?.decodeResponse(json({ error: { code: '1113' } }))).toThrow(
      expect.objectContaining({ code: 'upstream_quota_exhausted' }),
    )
  })
})
