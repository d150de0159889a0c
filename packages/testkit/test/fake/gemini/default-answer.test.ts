import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GeminiFake, startGeminiFake } from '../../../src/fake/gemini.ts'
import { startOpenAIChatFake } from '../../../src/fake/openai-chat.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { type Answer, candidate, generate, parts, post } from './asking.ts'
import { type Body, call, hi, model, response, secret, signed, user } from './good-request.ts'

let fake: GeminiFake

beforeAll(async () => {
  fake = await startGeminiFake({ secret })
})
afterAll(() => fake.close())

const said = (answer: HttpAnswer): string =>
  parts(answer)
    .map((part) => part['text'])
    .join('')
const called = (answer: HttpAnswer): readonly unknown[] =>
  parts(answer).flatMap((part) => (part['functionCall'] as Body | undefined)?.['name'] ?? [])

const declared = (...names: string[]) => [{ functionDeclarations: names.map((name) => ({ name })) }]
const chunksOf = (body: string): readonly Answer[] =>
  body
    .split('\r\n\r\n')
    .filter(Boolean)
    .map((frame) => JSON.parse(frame.replace(/^data: /, '')))

describe('the default model', () => {
  it('repeats the last user text and counts words as tokens', async () => {
    const answer = await generate(fake)

    expect(answer.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(answer.json()).toMatchObject({
      candidates: [
        {
          content: { parts: [{ text: 'You said: hello there' }], role: 'model' },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 4, totalTokenCount: 6 },
      modelVersion: 'fake-chat',
      responseId: expect.stringMatching(/^response-[0-9a-f]{12}$/),
    })
  })

  it('answers the same conversation with the same bytes', async () => {
    expect((await generate(fake)).body).toBe((await generate(fake)).body)
  })

  it('streams what it would have answered unstreamed, as events and as an array', async () => {
    const body = { contents: [user({ text: 'hello there' })] }
    const unary = await generate(fake)
    const sse = await post(fake, '/models/fake-chat:streamGenerateContent?alt=sse', body)
    const array = await post(fake, '/models/fake-chat:streamGenerateContent', body)

    const chunks = chunksOf(sse.body)
    const texts = chunks.map((chunk) => chunk.candidates[0]?.content.parts[0]?.['text'])
    expect(sse.headers['content-type']).toBe('text/event-stream')
    expect(sse.body).not.toContain('[DONE]')
    expect(sse.body.replaceAll('\r\n', '')).not.toContain('\n')
    expect(array.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(array.json()).toEqual(chunks)
    expect(texts).toEqual(['You', ' said:', ' hello', ' there', ''])
    expect(texts.join('')).toBe(said(unary))
    expect(chunks.map((chunk) => chunk.candidates[0]?.finishReason)).toEqual([
      ...texts.slice(1).map(() => undefined),
      'STOP',
    ])
  })

  it.each([
    ['the first when none is named', {}, ['alpha']],
    ['all that are named', { ask: 'use alpha and beta' }, ['alpha', 'beta']],
    ['an allowed one', { mode: 'ANY', allowed: ['beta'] }, ['beta']],
    ['none when told so', { mode: 'NONE' }, []],
  ] as const)('calls %s', async (_, given, names) => {
    const {
      ask = 'hi',
      mode = 'AUTO',
      allowed,
    }: { ask?: string; mode?: string; allowed?: readonly string[] } = given
    const answer = await generate(fake, {
      contents: [user({ text: ask })],
      tools: declared('alpha', 'beta'),
      toolConfig: {
        functionCallingConfig: { mode, ...(allowed && { allowedFunctionNames: allowed }) },
      },
    })

    expect(called(answer)).toEqual(names)
    expect(candidate(answer)?.finishReason).toBe('STOP')
  })

  it('makes arguments that fit either kind of schema, and none where there are none', async () => {
    const properties = { city: { type: 'STRING' }, days: { type: 'INTEGER', minimum: 3 } }
    const functionDeclarations = [
      { name: 'upper', parameters: { type: 'OBJECT', properties } },
      { name: 'json', parametersJsonSchema: { type: 'object', properties: { a: { const: 1 } } } },
      { name: 'bare' },
    ]
    const contents = [user({ text: 'upper json bare' })]

    const answer = await generate(fake, { contents, tools: [{ functionDeclarations }] })

    expect(parts(answer).map((part) => part['functionCall'])).toEqual([
      { name: 'upper', args: { city: 'text', days: 3 } },
      { name: 'json', args: { a: 1 } },
      { name: 'bare' },
    ])
  })

  it('repeats function responses instead of calling again', async () => {
    const ask = (value: unknown) =>
      generate(fake, {
        contents: [hi, model(signed(call())), user(response(value))],
        tools: declared('f'),
      })

    expect(said(await ask({ output: 'sun' }))).toBe('Tool results: sun')
    expect(said(await ask({ error: 'rain' }))).toBe('Tool results: rain')
    expect(said(await ask({ sky: 'blue' }))).toBe('Tool results: {"sky":"blue"}')
  })

  it('gives an example of a schema, an object when any will do, a word of an enumeration', async () => {
    const responseMimeType = 'application/json'
    const schema = { type: 'OBJECT', properties: { ok: { type: 'BOOLEAN' } } }
    const ask = (generationConfig: Body) => generate(fake, { generationConfig })

    const subset = await ask({ responseMimeType, responseSchema: schema })
    const json = await ask({ responseMimeType, responseJsonSchema: { const: [1] } })
    const free = await ask({ responseMimeType })
    const word = await ask({
      responseMimeType: 'text/x.enum',
      responseSchema: { type: 'STRING', enum: ['red', 'blue'] },
    })

    expect(said(subset)).toBe('{"ok":true}')
    expect(said(json)).toBe('[1]')
    expect(said(free)).toBe('{"said":"hello there"}')
    expect(said(word)).toBe('red')
  })

  it('thinks when its thoughts are wanted', async () => {
    const think = (thinkingConfig: Body) => generate(fake, { generationConfig: { thinkingConfig } })

    const wanted = await think({ includeThoughts: true })
    const off = await think({ includeThoughts: true, thinkingBudget: 0 })
    const silent = await think({ thinkingLevel: 'HIGH' })

    expect(parts(wanted)[0]).toEqual({ text: 'Thinking about: hello there', thought: true })
    expect(wanted.json()).toMatchObject({
      usageMetadata: { thoughtsTokenCount: 4, totalTokenCount: 10 },
    })
    expect([parts(off).length, parts(silent).length]).toEqual([1, 1])
  })

  it('sees images, stops at stop sequences and at the token limit, and makes several candidates', async () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
    const file = { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a' } }
    const limit = (generationConfig: Body) => generate(fake, { generationConfig })

    const images = await generate(fake, { contents: [user({ text: 'look' }, image, file)] })
    const stopped = await limit({ stopSequences: ['there'] })
    const limited = await limit({ maxOutputTokens: 2 })
    const several = await limit({ candidateCount: 2 })

    expect(said(images)).toBe('You said: look (images: 2)')
    expect(said(stopped)).toBe('You said: hello')
    expect(said(limited)).toBe('You said:')
    expect(candidate(limited)?.finishReason).toBe('MAX_TOKENS')
    expect((several.json() as Answer).candidates).toHaveLength(2)
  })

  it('says what the fake OpenAI says to the same conversation', async () => {
    await using other = await startOpenAIChatFake()
    const tools = [{ type: 'function', function: { name: 'alpha' } }]
    const ask = async (extra: Body): Promise<unknown> => {
      const messages = [{ role: 'user', content: 'hello there' }]
      const body = { model: 'fake-chat', messages, ...extra }
      const headers = { authorization: 'Bearer sk-fake' }
      const answer = await httpCall(`${other.baseUrl}/chat/completions`, { body, headers })
      const { choices } = answer.json() as { choices: { message: Body }[] }
      return choices[0]?.message
    }

    expect(await ask({})).toMatchObject({ content: said(await generate(fake)) })
    expect(await ask({ tools })).toMatchObject({
      tool_calls: called(await generate(fake, { tools: declared('alpha') })).map((name) => ({
        function: { name },
      })),
    })
  })
})
