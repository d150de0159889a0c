import { describe, expect, it } from 'vitest'
import { gemini, geminiErrorForm, geminiOperation } from '../../src/index.ts'
import { json } from '../support/bytes.ts'
import { headOf, input, minimal, user } from '../support/requests.ts'

const problem = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the head of a call', () => {
  it.each([
    ['/v1beta/models/gemini-3-pro:generateContent', '', 'gemini-3-pro', false, 'json'],
    ['/v1/models/gemini-3-pro:generateContent', 'key=x', 'gemini-3-pro', false, 'json'],
    ['/v1alpha/models/m:streamGenerateContent', 'alt=sse', 'm', true, 'sse'],
    ['/v1beta/models/m:streamGenerateContent', 'key=x&alt=sse', 'm', true, 'sse'],
    ['/v1beta/models/m:streamGenerateContent', '%24alt=sse', 'm', true, 'sse'],
    ['/v1beta/models/m:streamGenerateContent', '', 'm', true, 'json-array'],
    ['/v1beta/models/m:streamGenerateContent', 'alt=json', 'm', true, 'json-array'],
    ['/v1beta/models/google/gemini-3:generateContent', '', 'google/gemini-3', false, 'json'],
    ['/v1beta/models/models/gemini-3:generateContent', '', 'gemini-3', false, 'json'],
    ['/v1beta/models/models%2Fgemini-3:generateContent', '', 'gemini-3', false, 'json'],
    ['/v1beta/models/llama3:8b:generateContent', '', 'llama3:8b', false, 'json'],
    ['/v1beta/models/llama3%3A8b%3AgenerateContent', '', 'llama3:8b', false, 'json'],
    [
      '/v1beta/models/a%7Cb%3Ftemperature=1:generateContent',
      '',
      'a|b?temperature=1',
      false,
      'json',
    ],
    ['/v1beta/models/50%off:generateContent', '', '50%off', false, 'json'],
    ['/v1beta/tunedModels/mine:generateContent', '', 'tunedModels/mine', false, 'json'],
    [
      '/v1/projects/p/locations/l/publishers/google/models/g:generateContent',
      '',
      'g',
      false,
      'json',
    ],
    ['/team/v1beta/models/m:generateContent', '', 'm', false, 'json'],
  ])('%s?%s names %s', (path, query, model, stream, framing) => {
    expect(headOf(minimal, { path, query })).toMatchObject({
      operation: 'chat',
      model,
      stream,
      framing,
      includeUsage: true,
    })
  })

  it.each([
    '/v1beta/models/:generateContent',
    '/v1beta/models/../secrets:generateContent',
    '/v1beta/models/%2e%2e:generateContent',
    '/v1beta/models/a//b:generateContent',
  ])('refuses %s, which names no model', (path) => {
    expect(problem(() => headOf(minimal, { path }))).toMatchObject({
      code: 'invalid_request',
      param: 'model',
    })
  })

  it.each<[unknown, string]>([
    [{}, 'contents'],
    [{ contents: null }, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: 'hi' }, 'contents'],
    [{ contents: ['hi'] }, 'contents[0]'],
    [{ ...minimal, generationConfig: [] }, 'generationConfig'],
    [{ ...minimal, generation_config: 'x' }, 'generation_config'],
    [{ ...minimal, tools: 'x' }, 'tools'],
    [{ ...minimal, tool_config: [] }, 'tool_config'],
    [{ ...minimal, safetySettings: {} }, 'safetySettings'],
    [{ ...minimal, cached_content: 1 }, 'cached_content'],
  ])('refuses %j by the name of the field', (body, param) => {
    expect(problem(() => headOf(body))).toMatchObject({ code: 'invalid_request', param })
  })

  it('takes what Google takes besides', () => {
    expect(headOf({ contents: user({ text: 'hi' }) }).model).toBe('gemini-3-pro')
    expect(headOf({ ...minimal, tools: { functionDeclarations: [] } }).stream).toBe(false)
    expect(headOf({ ...minimal, somethingNew: 1 }).stream).toBe(false)
    expect(headOf({ ...minimal, generationConfig: null }).stream).toBe(false)
  })

  it('refuses a call without a body or with one that is broken', () => {
    expect(problem(() => gemini.head(input(undefined)))).toMatchObject({ code: 'invalid_request' })
    expect(problem(() => gemini.head(input(Buffer.from('{"contents":'))))).toMatchObject({
      code: 'invalid_request',
    })
  })

  it('knows what counts tokens', () => {
    const options = { operation: 'count-tokens', path: '/v1beta/models/m:countTokens' } as const
    const whole = { generateContentRequest: { model: 'models/m', ...minimal } }

    expect(headOf(minimal, options)).toMatchObject({ operation: 'count-tokens', model: 'm' })
    expect(headOf(whole, options)).toMatchObject({ framing: 'json', stream: false })
    expect(problem(() => headOf({}, options))).toMatchObject({ param: 'contents' })
    expect(problem(() => headOf({ generate_content_request: {} }, options))).toMatchObject({
      param: 'generateContentRequest.contents',
    })
  })

  it('knows embeddings', () => {
    const single = { operation: 'embeddings', path: '/v1beta/models/e:embedContent' } as const
    const batch = { operation: 'embeddings', path: '/v1beta/models/e:batchEmbedContents' } as const
    const content = { parts: [{ text: 'a' }] }

    expect(headOf({ content }, single)).toMatchObject({ operation: 'embeddings', model: 'e' })
    expect(headOf({ requests: [{ content }] }, batch)).toMatchObject({ model: 'e' })
    expect(problem(() => headOf({}, single))).toMatchObject({ param: 'content' })
    expect(problem(() => headOf({ content }, batch))).toMatchObject({ param: 'requests' })
    expect(problem(() => headOf({ requests: [] }, batch))).toMatchObject({ param: 'requests' })
  })

  it('holds nothing against opaque bodies, and finds the model that they name', () => {
    const head = (body: unknown, path: string) => headOf(body, { operation: 'opaque', path })

    expect(head({ model: 'models/m', contents: 5 }, '/v1beta/cachedContents')).toMatchObject({
      framing: 'opaque',
      model: 'm',
    })
    expect(head({ instances: [] }, '/v1beta/models/imagen:predict')).toMatchObject({
      model: 'imagen',
    })
    expect(head(Buffer.from('no json'), '/upload/v1beta/files').model).toBeUndefined()
    expect(head(undefined, '/v1beta/models/m')).not.toHaveProperty('document')
  })
})

describe('what a path asks for', () => {
  it.each([
    ['/v1beta/models/m:generateContent', 'chat'],
    ['/v1beta/tunedModels/m:streamGenerateContent', 'chat'],
    ['/v1/models/m:countTokens', 'count-tokens'],
    ['/v1/models/m:embedContent', 'embeddings'],
    ['/v1/models/m:batchEmbedContents', 'embeddings'],
    ['/v1/models/m:predict', 'opaque'],
    ['/v1/models/m:constructor', 'opaque'],
    ['/v1/cachedContents', 'opaque'],
  ])('%s: %s', (path, operation) => {
    expect(geminiOperation(path)).toBe(operation)
  })
})

describe('the path of a request', () => {
  const chat = { operation: 'chat', model: 'm', stream: false, framing: 'json' } as const

  it('names model and method', () => {
    expect(gemini.requestPath(chat)).toBe('/models/m:generateContent')
    expect(gemini.requestPath({ ...chat, stream: true, framing: 'sse' })).toBe(
      '/models/m:streamGenerateContent?alt=sse',
    )
    expect(gemini.requestPath({ ...chat, stream: true, framing: 'json-array' })).toBe(
      '/models/m:streamGenerateContent',
    )
    expect(gemini.requestPath({ ...chat, operation: 'count-tokens' })).toBe('/models/m:countTokens')
    expect(gemini.requestPath({ ...chat, operation: 'embeddings' })).toBe(
      '/models/m:batchEmbedContents',
    )
  })

  it('keeps models of other collections, vendors and odd names apart', () => {
    const path = (model: string) => gemini.requestPath({ ...chat, model })

    expect(path('tunedModels/mine')).toBe('/tunedModels/mine:generateContent')
    expect(path('models/m')).toBe('/models/m:generateContent')
    expect(path('google/gemini 3?x#y')).toBe('/models/google/gemini%203%3Fx%23y:generateContent')
  })

  it('keeps what a forwarded query says, but for keys', () => {
    const forwarded = (query: string) =>
      gemini.requestPath({
        ...chat,
        stream: true,
        framing: 'sse',
        input: input(minimal, { path: '/v1/models/a:streamGenerateContent', query }),
      })

    expect(forwarded('alt=sse&key=secret&trace=1')).toBe(
      '/models/m:streamGenerateContent?alt=sse&trace=1',
    )
    expect(forwarded('access_token=secret&alt=sse')).toBe('/models/m:streamGenerateContent?alt=sse')
  })

  it('embeds one content as the client asked', () => {
    const path = '/v1beta/models/a:embedContent'

    expect(
      gemini.requestPath({ ...chat, operation: 'embeddings', input: input(minimal, { path }) }),
    ).toBe('/models/m:embedContent')
  })

  it('leaves opaque paths alone, but for version, model and key', () => {
    const opaque = (path: string, query = '') =>
      gemini.requestPath({
        operation: 'opaque',
        model: 'm',
        stream: false,
        framing: 'opaque',
        input: input(undefined, { operation: 'opaque', path, query }),
      })

    expect(opaque('/v1beta/cachedContents/1', 'key=secret&a=b')).toBe('/cachedContents/1?a=b')
    expect(opaque('/v1beta/cachedContents/1', 'key=secret')).toBe('/cachedContents/1')
    expect(opaque('/v1beta/models/imagen:predict', 'alt=json')).toBe('/models/m:predict?alt=json')
    expect(opaque('/upload/v1beta/files')).toBe('/upload/v1beta/files')
    expect(() =>
      gemini.requestPath({ operation: 'opaque', model: '', stream: false, framing: 'opaque' }),
    ).toThrow(TypeError)
  })
})

describe('spans', () => {
  const texts = (body: Record<string, unknown>, options = {}) => {
    const raw = json(body)
    const { messages, system, tools } = gemini.spans(raw, headOf(body, options))
    const cut = ({ start, end }: { start: number; end: number }) =>
      Buffer.from(raw.subarray(start, end)).toString()
    return {
      messages: messages.map((message) => ({
        role: message.role,
        text: cut(message),
        texts: message.texts.map(cut),
      })),
      system: system === undefined ? undefined : cut(system),
      tools: tools === undefined ? undefined : cut(tools),
    }
  }

  it('are where instructions, tools and texts are', () => {
    const system = { parts: [{ text: 's' }] }
    const contents = [
      { parts: [{ text: 'one' }, { inlineData: { data: 'AA' } }, { text: 'two' }] },
      { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'three' }] },
    ]
    const spans = texts({ system_instruction: system, contents, tools: [{ googleSearch: {} }] })

    expect(spans).toEqual({
      system: JSON.stringify(system),
      tools: '[{"googleSearch":{}}]',
      messages: [
        { role: 'user', text: JSON.stringify(contents[0]), texts: ['"one"', '"two"'] },
        { role: 'model', text: JSON.stringify(contents[1]), texts: ['"three"'] },
      ],
    })
  })

  it('take a bare content and a bare part for lists', () => {
    expect(texts({ contents: { role: 'user', parts: { text: 'hi' } } }).messages).toMatchObject([
      { role: 'user', texts: ['"hi"'] },
    ])
  })

  it('look into a request whose tokens are counted', () => {
    const options = { operation: 'count-tokens', path: '/v1/models/m:countTokens' }
    const inner = { ...minimal, systemInstruction: { parts: [] } }

    expect(texts({ generateContentRequest: inner }, options)).toMatchObject({
      system: '{"parts":[]}',
      messages: [{ texts: ['"hi"'] }],
    })
  })

  it('stop where nobody looks further', () => {
    const body = { contents: [user({ text: 'a' }), user({ text: 'b' })] }
    const { messages } = gemini.spans(json(body), headOf(body), { through: 'user' })

    expect(messages).toHaveLength(1)
  })

  it('refuse a content with a key twice', () => {
    const raw = Buffer.from('{"contents":[{"role":"user","role":"model","parts":[]}]}')

    expect(problem(() => gemini.spans(raw, gemini.head(input(raw))))).toMatchObject({
      code: 'invalid_request',
    })
  })
})

describe('errors', () => {
  it.each([
    ['/v1beta/models/m:streamGenerateContent', '', 'array'],
    ['/v1/models/a%2Fb:streamGenerateContent', 'key=x', 'array'],
    ['/v1beta/models/m:streamGenerateContent', 'alt=sse', undefined],
    ['/v1beta/models/m:generateContent', '', undefined],
    ['/v1beta/models', '', undefined],
  ])('have the form of the answer: %s?%s', (path, query, form) => {
    expect(geminiErrorForm(path, query)).toBe(form)
  })
})
