import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { array, chunk, json, sse, violationsOf } from '../support/bytes.ts'

const stop = { finishReason: 'STOP' }
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }
const first = chunk([{ text: 'a' }])
const last = chunk([{ text: '' }], { ...stop, usageMetadata })

describe('legal streams', () => {
  it.each<[string, readonly unknown[]]>([
    ['text', [first, last]],
    ['one chunk', [last]],
    ['an error first', [{ error: { code: 500, message: 'x', status: 'INTERNAL' } }]],
    [
      'an error behind text',
      [
        first,
        { error: { code: 503, message: '', status: 'UNAVAILABLE', details: [{ '@type': 'x' }] } },
      ],
    ],
    [
      'a refused prompt',
      [{ promptFeedback: { blockReason: 'SAFETY' }, responseId: 'r', modelVersion: 'm' }],
    ],
    ['an empty end', [chunk([], { ...stop, candidate: { content: {} } })]],
    [
      'a streamed call',
      [
        chunk([{ functionCall: { name: 'f', willContinue: true } }]),
        chunk([{ functionCall: { partialArgs: [], willContinue: true } }]),
        chunk([{ functionCall: {} }]),
        last,
      ],
    ],
    ['usage alone', [{ usageMetadata, responseId: 'r1', modelVersion: 'gemini-3-pro' }, last]],
  ])('are accepted: %s', (_, chunks) => {
    expect(violationsOf(sse(...chunks))).toEqual([])
    expect(violationsOf(array(...chunks), 'json-array')).toEqual([])
  })

  it('may have comments and both line ends', () => {
    expect(violationsOf(`: hi\n\n${sse(first).replaceAll('\r\n', '\n')}${sse(last)}`)).toEqual([])
  })
})

const part = (value: unknown) => [chunk([value]), last]

describe('mutants', () => {
  it.each<[string, readonly unknown[], string]>([
    ['no end', [first], 'ends without a finish reason'],
    ['two ends', [last, last], 'something follows the finish reason'],
    [
      'text behind an error',
      [{ error: { code: 500, message: '', status: 'INTERNAL' } }, first],
      'something follows an error',
    ],
    ['another id', [first, { ...last, responseId: 'r2' }], '`responseId` is not that of the first'],
    [
      'another model',
      [first, { ...last, modelVersion: 'x' }],
      '`modelVersion` is not that of the first',
    ],
    ['no id', [{ ...last, responseId: undefined }], '`responseId` is no text'],
    [
      'an unknown reason',
      [chunk([{ text: 'a' }], { finishReason: 'stop' })],
      '`finishReason` is no known word',
    ],
    [
      'an unknown block',
      [{ promptFeedback: { blockReason: 'x' }, responseId: 'r', modelVersion: 'm' }],
      '`promptFeedback.blockReason`',
    ],
    [
      'another role',
      [
        chunk([{ text: 'a' }], {
          candidate: { content: { role: 'assistant', parts: [{ text: 'a' }] } },
        }),
        last,
      ],
      '`content.role` is not "model"',
    ],
    ['no parts', [chunk([]), last], '`content.parts` is no list'],
    [
      'a candidate that says nothing',
      [{ ...first, candidates: [{ index: 0 }] }, last],
      'a candidate says nothing',
    ],
    ['no candidates', [{ ...first, candidates: [] }, last], '`candidates` is no list'],
    [
      'a chunk that says nothing',
      [{ responseId: 'r1', modelVersion: 'gemini-3-pro' }, last],
      'a chunk says nothing',
    ],
    ['a wrong index', [chunk([{ text: 'a' }], { candidate: { index: 1 } }), last], 'wrong `index`'],
    ['a part of nothing', part({}), 'not exactly one content'],
    ['a part of two', part({ text: 'a', functionCall: { name: 'f' } }), 'not exactly one content'],
    ['a text that is none', part({ text: 5 }), '`text` is no text'],
    ['a thought that is false', part({ text: 'a', thought: false }), '`thought` is not true'],
    [
      'a signature that is no base64',
      part({ text: 'a', thoughtSignature: 'a b' }),
      '`thoughtSignature` is no base64',
    ],
    [
      'an empty signature',
      part({ text: 'a', thoughtSignature: '' }),
      '`thoughtSignature` is no base64',
    ],
    [
      'a call without a name',
      part({ functionCall: { args: {} } }),
      '`functionCall.name` is no text',
    ],
    [
      'arguments that are text',
      part({ functionCall: { name: 'f', args: '{}' } }),
      '`functionCall.args` is not an object',
    ],
    ['an empty id', part({ functionCall: { name: 'f', id: '' } }), '`functionCall.id` is no text'],
    ['a piece of no call', part({ functionCall: { partialArgs: [] } }), 'belongs to no call'],
    ['data without a type', part({ inlineData: { data: 'A' } }), '`inlineData` has no'],
    ['a file without an address', part({ fileData: { mimeType: 'x' } }), '`fileData` has no'],
    [
      'a wrong total',
      [{ ...last, usageMetadata: { ...usageMetadata, totalTokenCount: 6 } }],
      'not the sum',
    ],
    [
      'a count that is none',
      [{ ...last, usageMetadata: { promptTokenCount: '3' } }],
      '`usageMetadata.promptTokenCount`',
    ],
    [
      'a source that is not there',
      [
        chunk([{ text: 'a' }], {
          ...stop,
          candidate: {
            groundingMetadata: {
              groundingChunks: [],
              groundingSupports: [{ segment: {}, groundingChunkIndices: [0] }],
            },
          },
        }),
      ],
      'names a chunk that is not there',
    ],
    [
      'an error of no class',
      [{ error: { code: 500, message: 'x', status: 'BROKEN' } }],
      '`error.status`',
    ],
    [
      'an error without a code',
      [{ error: { code: '500', message: 'x', status: 'INTERNAL' } }],
      '`error.code`',
    ],
    [
      'an error with loose details',
      [{ error: { code: 500, message: 'x', status: 'INTERNAL', details: [{}] } }],
      '`error.details`',
    ],
    ['an error that is a text', [{ error: 'x' }], '`error` is not an object'],
    ['a chunk that is no object', [[], last], 'not a JSON object'],
  ])('are found: %s', (_, chunks, violation) => {
    const text = violationsOf(sse(...chunks)).join('; ')

    expect(text).toContain(violation)
    expect(text).toMatch(/^event \d+: /)
  })

  it.each<[string, string, string]>([
    ['an unknown line', `event: x\n${sse(last)}`, 'neither `data:` nor a comment'],
    ['an event that is cut', sse(last).slice(0, -3), 'ends inside an event'],
    ['broken JSON', `data: {\r\n\r\n${sse(last)}`, 'not a JSON object'],
    ['the word of another protocol', `${sse(last)}data: [DONE]\n\n`, 'something follows'],
  ])('of events are found: %s', (_, text, violation) => {
    expect(violationsOf(text).join('; ')).toContain(violation)
  })

  it.each<[string, string, string]>([
    ['no bracket', array(first, last).slice(0, -1), 'not closed'],
    ['no comma', `[${JSON.stringify(first)}${JSON.stringify(last)}]`, 'comma is missing'],
    ['two commas', `[${JSON.stringify(first)},,${JSON.stringify(last)}]`, 'not a JSON object'],
    ['something behind it', `${array(first, last)}x`, 'something follows the array'],
    ['an object', JSON.stringify(last), 'does not begin'],
    ['nothing', '[]', 'ends without a finish reason'],
  ])('of arrays are found: %s', (_, text, violation) => {
    expect(violationsOf(text, 'json-array').join('; ')).toContain(violation)
  })
})

describe('whole answers', () => {
  it.each<[unknown, string | undefined]>([
    [last, undefined],
    [{ totalTokens: 5 }, undefined],
    [{ embedding: { values: [0.1] } }, undefined],
    [{ embeddings: [{ values: [0.1] }] }, undefined],
    [[{ error: { code: 400, message: 'x', status: 'INVALID_ARGUMENT' } }], undefined],
    [first, 'no finish reason'],
    [{ totalTokens: 1.5 }, '`totalTokens` is no count'],
    [{ embedding: { values: [] } }, 'an embedding has no `values`'],
    [{ embeddings: {} }, '`embeddings` is no list'],
    [[last], 'not a JSON object'],
    ['x', 'not a JSON object'],
  ])('%j: %s', (body, violation) => {
    const found = gemini.validateResponse(json(body)).join('; ')

    if (violation === undefined) expect(found).toBe('')
    else expect(found).toContain(violation)
  })

  it('are validated as they come', () => {
    const validator = gemini.streamValidator('json')
    for (const byte of json(first)) validator.push(Uint8Array.of(byte))
    validator.end()

    expect(validator.violations).toEqual(['the answer has no finish reason'])
  })
})
