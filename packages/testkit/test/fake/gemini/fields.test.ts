import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GeminiFake, startGeminiFake } from '../../../src/fake/gemini.ts'
import { post, violation } from './asking.ts'
import {
  type Body,
  call,
  goodRequest,
  hi,
  model,
  response,
  secret,
  signed,
  user,
} from './good-request.ts'
import { generateMutants } from './mutants.ts'

let strict: GeminiFake

beforeAll(async () => {
  strict = await startGeminiFake({ secret })
})
afterAll(() => strict.close())

describe('fields', () => {
  const path = '/models/fake-chat:generateContent'

  it.each([
    ['contents[0].cache', { contents: [{ ...hi, cache: 1 }] }],
    ['contents[0].parts[0].type', { contents: [{ parts: [{ text: 'a', type: 'text' }] }] }],
    [
      'contents[0].parts[0].inlineData.url',
      { contents: [{ parts: [{ inlineData: { mimeType: 'a/b', data: 'AA', url: 'x' } }] }] },
    ],
    ['systemInstruction.text', { systemInstruction: { parts: [{ text: 'a' }], text: 'a' } }],
    ['tools[0].type', { tools: [{ type: 'function', codeExecution: {} }] }],
    [
      'tools[0].functionDeclarations[0].strict',
      { tools: [{ functionDeclarations: [{ name: 'f', strict: true }] }] },
    ],
    ['toolConfig.mode', { toolConfig: { mode: 'ANY' } }],
    ['generationConfig.top_a', { generationConfig: { top_a: 1 } }],
    [
      'generationConfig.thinkingConfig.effort',
      { generationConfig: { thinkingConfig: { effort: 1 } } },
    ],
    ['safetySettings[0].level', { safetySettings: [{ level: 1 }] }],
    ['inline_data', { inline_data: {} }],
  ])('refuses %s, and names it', async (field, members) => {
    const answer = await post(strict, path, { contents: [hi], ...members })

    expect(answer.json()).toMatchObject(violation(field))
  })

  it('refuses a field in both spellings', async () => {
    const both = { systemInstruction: hi, system_instruction: hi }
    const answer = await post(strict, path, { contents: [hi], ...both })

    expect(answer.json()).toMatchObject(violation('system_instruction'))
  })

  it.each([
    '$schema',
    'additionalProperties',
    '$ref',
    '$defs',
    'const',
    'oneOf',
    'exclusiveMinimum',
  ])(
    'refuses the keyword %s in schemas of the subset, at every depth, but not in JSON Schema',
    async (keyword) => {
      await using lenient = await startGeminiFake({ withoutRules: ['schema-keywords'] })
      const schema = { type: 'OBJECT', properties: { a: { any_of: [{ [keyword]: 'x' }] } } }
      const tools = (form: string) => [{ functionDeclarations: [{ name: 'f', [form]: schema }] }]
      const body = { contents: [hi], tools: tools('parameters') }

      const refused = await post(strict, path, body)
      const accepted = await post(lenient, path, body)
      const free = await post(strict, path, { ...body, tools: tools('parametersJsonSchema') })

      const at = `tools[0].functionDeclarations[0].parameters.properties.a.anyOf[0].${keyword}`
      expect(refused.json()).toMatchObject(violation(at))
      expect(accepted.status).toBe(200)
      expect(free.status, free.body).toBe(200)
    },
  )

  it('holds values in snake_case to the same rules, and leaves free JSON alone', async () => {
    const generation_config = { max_output_tokens: 0, thinking_config: { include_thoughts: true } }
    const args = { inline_data: { mime_type: 1 }, any_of: { b_c: 1 } }
    const tools = [{ function_declarations: [{ name: 'f', parameters_json_schema: args }] }]

    const wrong = await post(strict, path, { contents: [hi], generation_config })
    const right = await post(strict, path, { contents: [hi], tools })

    expect(wrong.json()).toMatchObject(violation('generationConfig.maxOutputTokens'))
    expect(right.status, right.body).toBe(200)
  })

  it('takes the whole good request in snake_case', async () => {
    const snake = (value: unknown, free = false): unknown => {
      if (Array.isArray(value)) return value.map((item) => snake(item, free))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => {
          const keep =
            free || ['args', 'response', 'properties', 'parametersJsonSchema'].includes(name)
          const spelled = free
            ? name
            : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
          return [spelled, snake(member, keep)]
        }),
      )
    }

    const answer = await post(strict, path, snake(goodRequest))

    expect(answer.status, answer.body).toBe(200)
  })

  it('knows the fields of Vertex on Vertex only', async () => {
    await using vertex = await startGeminiFake({ surface: 'vertex' })
    const body = { contents: [hi], labels: { a: 'b' } }

    const elsewhere = await post(strict, path, body)
    const there = await post(vertex, path, body)
    const wrong = await post(vertex, path, { ...body, labels: { a: 1 } })
    const missing = await post(vertex, path, { contents: [hi], store: true })

    expect(elsewhere.json()).toMatchObject(violation('labels'))
    expect(there.status).toBe(200)
    expect(wrong.json()).toMatchObject(violation('labels.a'))
    expect(missing.json()).toMatchObject(violation('store'))
  })
})

it('refuses responses to parallel calls in two contents, where one would be right', async () => {
  const path = '/models/fake-chat:generateContent'
  const calls = [hi, model(signed(call()), call())]

  const apart = { contents: [...calls, user(response()), user(response())] }
  const together = { contents: [...calls, user(response(), response())] }

  expect((await post(strict, path, apart)).json()).toMatchObject(violation('contents[2]'))
  expect((await post(strict, path, together)).status).toBe(200)
})

describe('what is accepted', () => {
  const tools: readonly (readonly [string, Body])[] = [
    [
      'tools of Google',
      { tools: [{ googleSearch: {} }, { urlContext: {} }, { codeExecution: {} }] },
    ],
    ['a single tool outside of a list', { tools: { functionDeclarations: [{ name: 'f' }] } }],
    [
      'a response schema of the subset',
      {
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: { type: 'OBJECT' },
        },
      },
    ],
    [
      'an enumeration',
      {
        generationConfig: {
          responseMimeType: 'text/x.enum',
          responseSchema: { type: 'STRING', enum: ['a'] },
        },
      },
    ],
    ['a budget', { generationConfig: { thinkingConfig: { thinkingBudget: -1 } } }],
    ['cached content alone', { cachedContent: 'cachedContents/a' }],
    ['null for absent', { tools: null, generationConfig: null, systemInstruction: null }],
  ]

  it.each(tools)('%s', async (_, members) => {
    const body = { contents: [hi], ...members }
    const answer = await post(strict, '/models/fake-chat:generateContent', body)

    expect(answer.status, answer.body).toBe(200)
  })

  it('mixed tools, unless told otherwise', async () => {
    await using newer = await startGeminiFake()
    const body = { contents: [hi], ...generateMutants['mixed-tools']?.[0] }

    const answer = await post(newer, '/models/fake-chat:generateContent', body)

    expect(answer.status, answer.body).toBe(200)
  })

  it('counts results of tools without their calls, but not in a request', async () => {
    const path = '/models/fake-chat:countTokens'
    const parts = [{ functionResponse: { name: 'f', response: { output: 'one two' } } }]
    const contents = [{ role: 'user', parts }]

    const piece = await post(strict, path, { contents })
    const whole = await post(strict, path, {
      generateContentRequest: { model: 'models/fake-chat', contents },
    })

    expect(piece.status, piece.body).toBe(200)
    expect(whole.json()).toMatchObject(violation('generateContentRequest.contents[0]'))
  })

  it('counts contents, and a request in the terms of a generation but without its signatures', async () => {
    const path = '/models/fake-chat:countTokens'
    const inner = { ...goodRequest, ...generateMutants['thought-signature-required']?.[0] }
    const counted = { generateContentRequest: { ...inner, model: 'models/fake-chat' } }

    const plain = await post(strict, path, { contents: [hi] })
    const whole = await post(strict, path, counted)
    const wrong = await post(strict, path, {
      generateContentRequest: { model: 'models/fake-chat', contents: [] },
    })

    expect(plain.json()).toMatchObject({ totalTokens: 1 })
    expect(whole.json()).toMatchObject({ totalTokens: 3 })
    expect(wrong.json()).toMatchObject(violation('generateContentRequest.contents'))
  })
})
