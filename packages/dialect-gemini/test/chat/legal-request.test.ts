import type {
  AssistantPart,
  ChatRequest,
  JsonObject,
  Message,
  ToolResultPart,
} from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { json } from '../support/bytes.ts'
import { decodeWire } from '../support/requests.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 6 })
const callId = fc.constantFrom('a', 'b', 'c')
const state = fc.constantFrom(
  { kind: 'thought-signature', data: 'U0lH' } as const,
  { kind: 'signature', data: 'x' } as const,
)
const signed = <Part extends object>(part: fc.Arbitrary<Part>) =>
  fc.tuple(part, fc.option(state)).map(([value, own]) => ({
    ...value,
    ...(own === null ? {} : { state: [own] }),
  }))

const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  signed(fc.record({ type: fc.constant('text' as const), text })),
  signed(
    fc.record({
      type: fc.constant('reasoning' as const),
      form: fc.constantFrom('raw', 'summary'),
      text,
    }),
  ),
  signed(
    fc.record({
      type: fc.constant('tool-call' as const),
      callId,
      name: fc.constantFrom('f', 'g h', 'größe'),
      kind: fc.constantFrom('function', 'custom'),
      arguments: fc.oneof(text, fc.constant('{"a":1}')),
    }),
  ),
  fc.record({ type: fc.constant('refusal' as const), text }),
)
const image = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
} as const
const result: fc.Arbitrary<ToolResultPart> = fc
  .record({ callId, failed: fc.boolean(), text, media: fc.boolean(), structured: fc.boolean() })
  .map(({ callId: id, failed, text: said, media, structured }) => ({
    type: 'tool-result',
    callId: id,
    kind: 'function',
    content: [{ type: 'text', text: said } as const, ...(media ? [image] : [])],
    ...(failed ? { failed } : {}),
    ...(structured ? { structured: { said } } : {}),
  }))
const texts = fc.array(fc.record({ type: fc.constant('text' as const), text }), { maxLength: 2 })
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: texts }),
  fc.record({ role: fc.constant('user' as const), content: texts }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.array(assistantPart, { maxLength: 4 }),
  }),
  fc.record({ role: fc.constant('tool' as const), content: fc.array(result, { maxLength: 3 }) }),
)

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: fc.constantFrom('gemini-3-pro', 'gemini-2.5-flash', 'gemini-1.5-pro'),
    messages: fc.array(message, { maxLength: 8 }),
  })
  .map((own) => ({ ...own, stream: false, includeUsage: true }))

interface Part {
  readonly text?: string
  readonly functionCall?: { readonly id: string; readonly name: string; readonly args: JsonObject }
  readonly functionResponse?: { readonly id: string; readonly name: string }
  readonly thoughtSignature?: string
}
interface Content {
  readonly role: string
  readonly parts: readonly Part[]
}

/** What strict providers demand of contents (protocol reference 4.3, 4.4 and 5.1). */
function breaches(contents: readonly Content[], needsSignatures: boolean): readonly string[] {
  const turnStart = contents.findLastIndex(
    ({ role, parts }) => role === 'user' && parts.every((part) => !('functionResponse' in part)),
  )
  const [opening] = contents
  const isAnswer = opening?.parts.some((part) => 'functionResponse' in part) === true
  return [
    ...(isAnswer ? ['no call'] : []),
    ...contents.flatMap((content, index) => [
      ...orderBreaches(content, index),
      ...answerBreaches(content, contents[index + 1]?.parts ?? []),
      ...(needsSignatures && index > turnStart ? signatureBreaches(content) : []),
    ]),
  ]
}

function orderBreaches({ role, parts }: Content, index: number): readonly string[] {
  return [
    ...(role === (index % 2 === 0 ? 'user' : 'model') ? [] : ['roles do not take turns']),
    ...(parts.length === 0 ? ['a content is empty'] : []),
    ...parts.filter(isBlank).map(() => 'a part says nothing'),
  ]
}

function answerBreaches({ role, parts }: Content, next: readonly Part[]): readonly string[] {
  if (role !== 'model') return []
  const calls = parts.flatMap((part) => part.functionCall ?? [])
  const responses = next.flatMap((part) => part.functionResponse ?? [])
  const isLate = next.slice(0, responses.length).some((part) => !('functionResponse' in part))
  return [
    ...(linksOf(calls) === linksOf(responses) ? [] : ['answers do not match']),
    ...(isLate ? ['answers come late'] : []),
  ]
}

function signatureBreaches({ parts }: Content): readonly string[] {
  const opening = parts.find((part) => part.functionCall !== undefined)
  const isMissing = opening !== undefined && opening.thoughtSignature === undefined
  return isMissing ? ['a signature is missing'] : []
}

const linksOf = (links: readonly { readonly id: string; readonly name: string }[]) =>
  links.map(({ id, name }) => `${id} ${name}`).join()

const isBlank = (part: Part) => part.text === '' && part.thoughtSignature === undefined

describe('whatever the conversation', () => {
  it('is one that a strict provider takes', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { body } = gemini.chat.encodeRequest(given)
        const contents: readonly Content[] = JSON.parse(JSON.stringify(body['contents']))
        const system = body['systemInstruction'] as { readonly parts: readonly Part[] } | undefined

        expect(contents.length).toBeGreaterThan(0)
        expect(breaches(contents, given.model === 'gemini-3-pro')).toEqual([])
        expect(system?.parts.some(isBlank) ?? false).toBe(false)
        // What we write, we read.
        expect(decodeWire(body).messages.length).toBeGreaterThan(0)
      }),
      { numRuns: 400 },
    )
  })

  it('is written the same way every time, so that histories stay byte-stable', () => {
    fc.assert(
      fc.property(request, (given) => {
        const encode = () => JSON.stringify(gemini.chat.encodeRequest(given).body)

        expect(encode()).toBe(encode())
      }),
      { numRuns: 50 },
    )
  })

  it('keeps its beginning as it grows, so that prompt caches stay warm', () => {
    fc.assert(
      fc.property(request, text, (given, more) => {
        const last: Message = { role: 'user', content: [{ type: 'text', text: `x${more}` }] }
        const settled = { ...given, messages: [...given.messages, last] }
        const encode = (messages: readonly Message[]) =>
          gemini.chat.encodeRequest({ ...given, messages }).body['contents'] as readonly object[]
        const before = encode(settled.messages)
        const answer: Message = { role: 'assistant', content: [{ type: 'text', text: 'y' }] }
        const after = encode([...settled.messages, answer])

        expect(after.slice(0, before.length)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  it('finds its breaches', () => {
    const call = { functionCall: { id: '1', name: 'f', args: {} } }
    const response = { functionResponse: { id: '1', name: 'f' } }
    const user = (...parts: Part[]) => ({ role: 'user', parts })
    const model = (...parts: Part[]) => ({ role: 'model', parts })

    expect(breaches([model({ text: 'a' })], false)).toHaveLength(1)
    expect(breaches([user({ text: 'q' }), model(call)], false)).toEqual(['answers do not match'])
    expect(
      breaches([user({ text: 'q' }), model(call), user({ text: 'a' }, response)], false),
    ).toEqual(['answers come late'])
    expect(breaches([user({ text: 'q' }), model(call), user(response)], true)).toEqual([
      'a signature is missing',
    ])
    expect(breaches([user({ text: '' })], false)).toEqual(['a part says nothing'])
    expect(breaches([user(response)], false)).toEqual(['no call'])
  })
})

describe('a wire request', () => {
  const part = fc.oneof(
    fc.record({ text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }) }),
    fc.record({
      inlineData: fc.constant({ mimeType: 'image/png', data: 'AA==', displayName: 'n' }),
    }),
    fc.record({
      fileData: fc.constant({ mimeType: 'video/mp4', fileUri: 'gs://x' }),
      videoMetadata: fc.constant({ fps: 2 }),
    }),
  )
  const modelPart = fc.oneof(
    part,
    fc.record({ text, thought: fc.constant(true), thoughtSignature: fc.constant('QUJD') }),
    fc.record({ text, thoughtSignature: fc.constant('QUJD') }),
    fc.record({
      toolCall: fc.constant({ id: 'x', toolType: 'URL_CONTEXT' }),
      thoughtSignature: fc.constant('QUJD'),
    }),
    fc.constant({ executableCode: { language: 'PYTHON', code: 'x' } }),
  )
  const turn = fc.record({
    ask: fc.array(part, { minLength: 1, maxLength: 3 }),
    answer: fc.array(modelPart, { minLength: 1, maxLength: 3 }),
  })
  const wire = fc.record(
    {
      contents: fc.array(turn, { minLength: 1, maxLength: 3 }).map((turns) =>
        turns.flatMap(({ ask, answer }) => [
          { role: 'user', parts: ask },
          { role: 'model', parts: answer },
        ]),
      ),
      systemInstruction: fc.constant({ parts: [{ text: 's' }] }),
      tools: fc.constantFrom(
        [
          {
            functionDeclarations: [
              {
                name: 'f',
                description: 'd',
                parametersJsonSchema: { type: 'object', properties: { a: {} } },
              },
            ],
          },
        ],
        [{ googleSearch: {} }, { urlContext: {} }],
      ),
      generationConfig: fc.record(
        {
          temperature: fc.constant(1),
          stopSequences: fc.constant(['x']),
          responseMimeType: fc.constant('application/json'),
          thinkingConfig: fc.constantFrom<object>(
            { thinkingLevel: 'LOW' },
            { includeThoughts: true },
            { thinkingLevel: 'HIGH', includeThoughts: true },
          ),
          speechConfig: fc.constant({ voice: 'x' }),
          responseModalities: fc.constant(['TEXT']),
        },
        { requiredKeys: [] },
      ),
      safetySettings: fc.constant([{ category: 'X', threshold: 'OFF' }]),
      labels: fc.constant({ a_b: 'c' }),
      serviceTier: fc.constantFrom('standard', 'flex'),
    },
    { requiredKeys: ['contents'] },
  )

  const snake = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(snake)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        key === 'labels' || key === 'parametersJsonSchema' ? inner : snake(inner),
      ]),
    )
  }

  it('comes back as it was, whichever way it was spelled', () => {
    fc.assert(
      fc.property(wire, fc.boolean(), (given, spelled) => {
        const body = JSON.parse(JSON.stringify(given))
        const decoded = decodeWire(spelled ? snake(body) : body)
        const { body: again, dropped } = gemini.chat.encodeRequest(decoded)
        const isEmpty = Object.keys(body.generationConfig ?? {}).length === 0
        const { generationConfig, ...rest } = body

        expect(dropped).toEqual([])
        expect(JSON.parse(JSON.stringify(again))).toEqual(
          isEmpty ? rest : { ...rest, generationConfig },
        )
      }),
      { numRuns: 300 },
    )
  })

  it('is decoded to what its encoding is decoded to', () => {
    fc.assert(
      fc.property(request, (given) => {
        const once = decodeWire(gemini.chat.encodeRequest(given).body)
        const twice = decodeWire(gemini.chat.encodeRequest({ ...once, model: given.model }).body)

        expect(json(twice)).toEqual(json(once))
      }),
      { numRuns: 200 },
    )
  })
})
