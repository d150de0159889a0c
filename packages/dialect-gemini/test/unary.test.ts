import type { EmbeddingsRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { gemini } from '../src/index.ts'
import { bytes, context, json, parsed } from './support/bytes.ts'
import { headOf, minimal, request, user } from './support/requests.ts'

const { counting, embeddings } = gemini
if (counting === undefined || embeddings === undefined) throw new Error('a codec is missing')

describe('counting tokens', () => {
  const options = { operation: 'count-tokens', path: '/v1beta/models/m:countTokens' } as const
  const decode = (body: unknown) => counting.decodeRequest(json(body), headOf(body, options))

  it('reads both forms of a request', () => {
    const whole = { ...minimal, system_instruction: { parts: [{ text: 's' }] } }

    expect(decode(minimal)).toMatchObject({ model: 'm', messages: [{ role: 'user' }] })
    expect(
      decode({ generate_content_request: { model: 'models/m', ...whole } }).messages,
    ).toMatchObject([{ role: 'system' }, { role: 'user' }])
  })

  it('sends contents alone, or the whole request with its model', () => {
    const system = { role: 'system', content: [{ type: 'text', text: 's' }] } as const

    expect(counting.encodeRequest(request).body).toEqual({ contents: [user({ text: 'hi' })] })
    expect(
      counting.encodeRequest({ ...request, messages: [system, ...request.messages] }).body,
    ).toEqual({
      generateContentRequest: {
        model: 'models/gemini-3-pro',
        contents: [user({ text: 'hi' })],
        systemInstruction: { parts: [{ text: 's' }] },
      },
    })
  })

  it('reads and writes counts', () => {
    const count = { inputTokens: 7, cachedInputTokens: 3 }
    const out = counting.encodeResponse(count, context)

    expect(parsed(out)).toEqual({ totalTokens: 7, cachedContentTokenCount: 3 })
    expect(counting.decodeResponse(out)).toEqual(count)
    expect(counting.decodeResponse(json({ total_tokens: 5 }))).toEqual({ inputTokens: 5 })
    expect(gemini.validateResponse(out)).toEqual([])
  })

  it('reads what is no count as what it is', () => {
    expect(() => counting.decodeResponse(bytes('x'))).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    )
    expect(() =>
      counting.decodeResponse(json({ error: { code: 404, status: 'NOT_FOUND' } })),
    ).toThrow(expect.objectContaining({ code: 'upstream_model_unavailable' }))
  })
})

describe('embeddings', () => {
  const single = { operation: 'embeddings', path: '/v1beta/models/e:embedContent' } as const
  const batch = { operation: 'embeddings', path: '/v1beta/models/e:batchEmbedContents' } as const
  const content = (...texts: string[]) => ({ parts: texts.map((text) => ({ text })) })
  const decode = (body: unknown, options: typeof single | typeof batch) =>
    embeddings.decodeRequest(json(body), headOf(body, options))
  const problem = (run: () => unknown) => {
    try {
      run()
    } catch (error) {
      return error
    }
    throw new Error('nothing was thrown')
  }

  it('reads one text', () => {
    const body = {
      content: content('a', 'b'),
      task_type: 'RETRIEVAL_QUERY',
      title: 't',
      output_dimensionality: 8,
      autoTruncate: true,
    }

    expect(decode(body, single)).toEqual({
      model: 'e',
      inputs: ['a\nb'],
      single: true,
      taskType: 'RETRIEVAL_QUERY',
      title: 't',
      dimensions: 8,
      extensions: { gemini: { autoTruncate: true } },
    })
  })

  it('reads a batch whose requests differ only in their texts', () => {
    const item = (text: string, rest = {}) => ({
      model: 'models/e',
      content: content(text),
      ...rest,
    })

    expect(decode({ requests: [item('a'), item('b')] }, batch)).toEqual({
      model: 'e',
      inputs: ['a', 'b'],
      single: false,
    })
    expect(
      problem(() => decode({ requests: [item('a'), item('b', { title: 't' })] }, batch)),
    ).toMatchObject({
      code: 'unsupported_capability',
      param: 'requests',
    })
  })

  it.each<[unknown, string]>([
    [{ requests: [{ content: 'x' }] }, 'requests[0].content'],
    [{ requests: [{ content: { parts: [5] } }] }, 'requests[0].content.parts[0]'],
    [
      { requests: [{ content: content('a'), outputDimensionality: 'x' }] },
      'requests[0].outputDimensionality',
    ],
  ])('refuses %j by the name of the field', (body, param) => {
    expect(problem(() => decode(body, batch))).toMatchObject({ code: 'invalid_request', param })
  })

  const wanted: EmbeddingsRequest = {
    model: 'e',
    inputs: ['a', 'b'],
    single: false,
    dimensions: 8,
    taskType: 'CLUSTERING',
    endUser: 'u',
  }

  it('asks for a batch, also for one text', () => {
    expect(embeddings.encodeRequest(wanted)).toEqual({
      body: {
        requests: ['a', 'b'].map((text) => ({
          model: 'models/e',
          content: content(text),
          taskType: 'CLUSTERING',
          outputDimensionality: 8,
        })),
      },
      dropped: ['user'],
    })
    expect(
      embeddings.encodeRequest({ model: 'e', inputs: ['a'], single: true }).body['requests'],
    ).toHaveLength(1)
  })

  it('asks for nothing that the provider cannot do', () => {
    const many = Array.from({ length: 101 }, () => 'x')

    for (const inputs of [many, [[1, 2]]]) {
      expect(problem(() => embeddings.encodeRequest({ ...wanted, inputs }))).toMatchObject({
        code: 'unsupported_capability',
      })
    }
  })

  it('answers in the form of the request', () => {
    const response = { vectors: [[0.1, 0.2], [0.3]], usage: { inputTokens: 4 } }
    const field = (name: string) => (name === 'requests' ? [] : undefined)
    const many = embeddings.encodeResponse(response, { ...context, field })
    const one = embeddings.encodeResponse(response, context)

    expect(parsed(many)).toEqual({
      embeddings: [{ values: [0.1, 0.2] }, { values: [0.3] }],
      usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
    })
    expect(parsed(one)).toMatchObject({ embedding: { values: [0.1, 0.2] } })
    expect(gemini.validateResponse(many)).toEqual([])
    expect(gemini.validateResponse(one)).toEqual([])
    expect(embeddings.decodeResponse(many)).toEqual(response)
    expect(embeddings.decodeResponse(one).vectors).toEqual([[0.1, 0.2]])
  })

  it('takes nothing else for vectors', () => {
    for (const body of [{}, { embeddings: [{ values: ['x'] }] }, { embedding: null }]) {
      expect(problem(() => embeddings.decodeResponse(json(body)))).toMatchObject({
        code: 'upstream_invalid_response',
      })
    }
  })
})
