import type { ChatRequest, Message } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'
import { decodeWire } from '../support/requests.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-z]{1,8}$/)
const args = fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify({ value }))
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const textPart = fc.record({ type: fc.constant('text'), text })
const imagePart = fc.record({
  type: fc.constant('image_url'),
  image_url: fc.oneof(
    fc.constant('https://x.test/a.png'),
    fc.record({
      url: fc.constant('data:image/png;base64,AAAA'),
      detail: fc.constantFrom('low', 'auto'),
    }),
  ),
})
const otherPart = fc.oneof(
  fc.constant({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
  fc.constant({
    type: 'file',
    file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
  }),
  fc.constant({ type: 'file', file: { file_id: 'file-1' } }),
  fc.constant({ type: 'document_url', document_url: 'https://x.test' }),
  fc.constant({ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }),
)

const systemMessage = fc.record(
  {
    role: fc.constantFrom('system', 'developer'),
    content: fc.oneof(text, fc.array(textPart)),
    name,
  },
  { requiredKeys: ['role', 'content'] },
)
const userMessage = fc.record({
  role: fc.constant('user'),
  content: fc.oneof(text, fc.constant(''), fc.array(fc.oneof(textPart, imagePart, otherPart))),
})
const toolCall = fc.oneof(
  fc.record({
    id: name,
    type: fc.constant('function'),
    function: fc.record({ name, arguments: fc.oneof(args, fc.constant(''), text) }),
  }),
  fc.record({ id: name, function: fc.record({ name, arguments: args }) }),
  fc.record({ id: name, type: fc.constant('custom'), custom: fc.record({ name, input: text }) }),
)
const assistantMessage = fc.record(
  {
    role: fc.constant('assistant'),
    content: fc.oneof(text, fc.constant(null), fc.constant(''), fc.array(textPart)),
    refusal: optional(text),
    tool_calls: optional(fc.array(toolCall, { minLength: 1, maxLength: 3 })),
    reasoning_content: optional(text),
    prefix: optional(fc.boolean()),
  },
  { requiredKeys: ['role', 'content'] },
)
const resultContent = fc.oneof(text, fc.constant(''), fc.array(textPart))
/** A message of the model and the results of its calls: what has none, and results of no call, are told otherwise. */
const assistantTurn = fc
  .tuple(assistantMessage, fc.array(resultContent, { minLength: 3, maxLength: 3 }))
  .map(([message, contents]) => [
    message,
    ...(message.tool_calls ?? []).map(({ id }, index) => ({
      role: 'tool',
      tool_call_id: id,
      content: contents[index],
    })),
  ])
const turn = fc.oneof(
  systemMessage.map((message) => [message]),
  userMessage.map((message) => [message]),
  assistantTurn,
)

const tool = fc.oneof(
  fc.record(
    {
      type: fc.constant('function'),
      function: fc.record(
        {
          name,
          description: text,
          parameters: fc.constant({ type: 'object', additionalProperties: false }),
          strict: fc.boolean(),
        },
        { requiredKeys: ['name'] },
      ),
    },
    { requiredKeys: ['function'] },
  ),
  fc.record({ type: fc.constant('custom'), custom: fc.record({ name }) }),
  fc.constant({ type: 'openrouter:web_search', max_results: 2 }),
)

const wireRequest = fc.record(
  {
    model: name,
    messages: fc
      .array<readonly unknown[]>(turn, { minLength: 1, maxLength: 4 })
      .map((turns) => turns.flat()),
    stream: fc.boolean(),
    stream_options: fc.constant({ include_usage: true }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    n: fc.constant(1),
    stop: fc.oneof(text, fc.array(text, { maxLength: 4 })),
    seed: fc.integer(),
    max_completion_tokens: fc.integer({ min: 1 }),
    max_tokens: fc.integer({ min: 1 }),
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    tool_choice: fc.constantFrom<unknown>('auto', 'required', {
      type: 'function',
      function: { name: 'f' },
    }),
    parallel_tool_calls: fc.boolean(),
    response_format: fc.constantFrom<unknown>(
      { type: 'json_object' },
      { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
    ),
    reasoning_effort: fc.constantFrom('none', 'low', 'max', 'default'),
    logprobs: fc.boolean(),
    top_logprobs: fc.integer({ min: 0, max: 20 }),
    metadata: fc.constantFrom<unknown>({ a: 'b' }, { a: 1 }, null),
    user: name,
    logit_bias: fc.constant({ '50256': -100 }),
    min_p: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: ['model', 'messages'] },
)

const plain = JSON.stringify

/** JSON mode is refused unless the messages say so. */
function withJsonWord({ messages, output }: ChatRequest): readonly Message[] {
  const isSaid = plain(messages).toLowerCase().includes('json')
  if (output?.type !== 'json' || isSaid) return messages
  return [{ role: 'system', content: [{ type: 'text', text: 'Answer with JSON.' }] }, ...messages]
}

describe('a request', () => {
  it('means the same once it was decoded, encoded and decoded', () => {
    const dialect = createOpenAIChat({
      reasoning: { return: 'reasoning_content' },
      includeUsage: false,
    })

    fc.assert(
      fc.property(wireRequest, (wire) => {
        const request = decodeWire(JSON.parse(plain(wire)))
        const toolless = request.tools === undefined
        const { body, dropped } = dialect.chat.encodeRequest(request)
        const again = decodeWire(body)

        expect(dropped).toEqual([])
        // What is said about tools goes where there are none, and usage is asked for by whoever streams.
        const expressible = {
          ...request,
          includeUsage: false,
          ...(toolless ? { toolChoice: undefined, parallelToolCalls: undefined } : {}),
          messages: withJsonWord(request),
        }
        expect(JSON.parse(plain(again))).toEqual(JSON.parse(plain(expressible)))
      }),
      { numRuns: 300 },
    )
  })

  it('is written the same way every time, so that histories stay byte-stable', () => {
    fc.assert(
      fc.property(wireRequest, (wire) => {
        const body = JSON.parse(plain(wire))
        const encode = () => plain(openaiChat.chat.encodeRequest(decodeWire(body)).body)

        expect(encode()).toBe(encode())
      }),
      { numRuns: 50 },
    )
  })
})
