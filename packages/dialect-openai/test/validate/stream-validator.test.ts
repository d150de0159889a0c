import { describe, expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes, chunk, sse, violationsOf } from '../support/bytes.ts'
import { recording } from '../support/recordings.ts'

type Chunk = Record<string, unknown>

const asked = { usage: null }

const f = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

/** A legal stream of every kind of chunk, to be broken in one place. */
const legal: Readonly<Record<string, Chunk>> = {
  role: chunk({ role: 'assistant', content: '', refusal: null }, asked),
  reasoning: chunk({ reasoning_content: 'hm' }, asked),
  text: chunk({ content: 'a' }, asked),
  call: chunk({ tool_calls: [f] }, asked),
  more: chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }, asked),
  finish: chunk({}, { ...asked, finish_reason: 'tool_calls' }),
  usage: { ...chunk({}), choices: [], usage },
}

/** The legal stream with some chunks put in place of others; `undefined` takes one out. */
const stream = (changes: Record<string, Chunk | undefined> = {}): string =>
  sse(...Object.values({ ...legal, ...changes }).filter((one) => one !== undefined))

const choice = (members: Chunk): Chunk => ({
  ...chunk({}, asked),
  choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: null, ...members }],
})

const calls = (...list: unknown[]) => chunk({ tool_calls: list }, asked)

/** The stream with its chunks without `usage`. */
const unasked = (text: string) => text.replaceAll(',"usage":null', '')

describe('the validator of chat streams', () => {
  it('accepts every kind of chunk', () => {
    expect(violationsOf(stream())).toEqual([])
  })

  it.each(['openai-stream-37be67', 'openai-stream-tools'])(
    'accepts what OpenAI sent: %s',
    (name) => {
      expect(violationsOf(recording(name).responseBody)).toEqual([])
    },
  )

  it('accepts a stream without usage, one whose usage never came, keep-alives and CRLF', () => {
    expect(violationsOf(unasked(stream({ usage: undefined })))).toEqual([])
    expect(violationsOf(stream({ usage: undefined }))).toEqual([])
    expect(violationsOf(`: keep-alive\n\n${stream()}: late\n\n`)).toEqual([])
    expect(violationsOf(stream().replaceAll('\n', '\r\n'))).toEqual([])
  })

  it('accepts what moderation says behind everything else', () => {
    const moderation = { ...chunk({}), choices: [], usage: null, moderation: { input: {} } }

    expect(violationsOf(stream({ moderation }))).toEqual([])
  })

  it('accepts an error as the last event, wherever it comes', () => {
    const error =
      'data: {"error":{"message":"x","type":"server_error","param":null,"code":null}}\n\n'

    expect(violationsOf(error)).toEqual([])
    expect(violationsOf(`${stream().slice(0, -'data: [DONE]\n\n'.length)}${error}`)).toEqual([])
  })

  it('accepts several choices side by side', () => {
    const second = (one: Chunk) => ({
      ...one,
      choices: [{ ...(one['choices'] as Chunk[])[0], index: 1 }],
    })
    const text = chunk({ role: 'assistant', content: 'a' })
    const end = chunk({}, { finish_reason: 'stop' })

    expect(violationsOf(sse(text, second(text), end, second(end)))).toEqual([])
  })

  it('sees the same wherever the stream is cut', () => {
    const whole = Buffer.from(stream({ text: chunk({ content: 'é😀' }, asked) }))
    for (let cut = 1; cut < whole.length; cut += 1) {
      const validator = openaiChat.streamValidator('sse')
      validator.push(whole.subarray(0, cut))
      validator.push(whole.subarray(cut))
      validator.end()
      expect(validator.violations).toEqual([])
    }
  })

  it('says in which event it saw what', () => {
    expect(violationsOf(stream({ text: choice({ delta: { content: 5 } }) }))).toEqual([
      'event 3: `content` is neither a string nor null',
    ])
  })

  it.each<readonly [string, string]>([
    ['the first delta has no role', stream({ role: undefined })],
    ['the role comes twice', stream({ text: chunk({ role: 'assistant' }, asked) })],
    ['`content` is null behind', stream({ text: chunk({ content: null }, asked) })],
    ['`content` is neither', stream({ text: chunk({ content: ['a'] }, asked) })],
    [
      '`reasoning_content` is neither',
      stream({ reasoning: chunk({ reasoning_content: 5 }, asked) }),
    ],
    ['`refusal` is neither', stream({ text: chunk({ refusal: {} }, asked) })],
    ['`delta` is not an object', stream({ text: choice({ delta: null }) })],
    ['`logprobs` is neither', stream({ text: choice({ logprobs: [] }) })],
    ['`finish_reason` is neither', stream({ text: choice({ finish_reason: undefined }) })],
    ['`finish_reason` is neither', stream({ finish: choice({ finish_reason: 'done' }) })],
    [
      'with a filled delta',
      stream({ finish: choice({ delta: { content: 'a' }, finish_reason: 'tool_calls' }) }),
    ],
    ['goes on after its finish', stream({ again: legal['finish'] })],
    ['goes on after its finish', stream({ usage: undefined, late: legal['text'] })],
    ['yet it says stop', stream({ finish: choice({ finish_reason: 'stop' }) })],
    ['no call was made', stream({ call: undefined, more: undefined })],
    ['`tool_calls` is not a list', stream({ more: chunk({ tool_calls: [] }, asked) })],
    ['is not an object', stream({ more: calls(5) })],
    ['has no `index`', stream({ more: calls({ function: { arguments: '' } }) })],
    ['indexes have a gap', stream({ more: calls({ ...f, index: 2 }) })],
    ['first delta of a tool call has no `id`', stream({ call: calls({ ...f, id: '' }) })],
    [
      'first delta of a tool call has no name',
      stream({ call: calls({ ...f, function: { arguments: '' } }) }),
    ],
    ['has no name', stream({ call: calls({ ...f, type: undefined }) })],
    [
      'repeats its id, type or name',
      stream({ more: calls({ index: 0, id: 'c', function: { arguments: '' } }) }),
    ],
    [
      'repeats its id, type or name',
      stream({ more: calls({ index: 0, function: { name: 'f', arguments: '' } }) }),
    ],
    ['no argument text', stream({ more: calls({ index: 0, function: { arguments: {} } }) })],
    ['no argument text', stream({ more: calls({ index: 0, custom: { input: '' } }) })],
    ['`object` is not', stream({ text: { ...legal['text'], object: 'chat.completion' } })],
    ['`id` is not that', stream({ text: { ...legal['text'], id: 'other' } })],
    ['`created` is not that', stream({ text: { ...legal['text'], created: 1 } })],
    ['`model` is not that', stream({ text: { ...legal['text'], model: 'other' } })],
    ['`id` is no text', stream().replaceAll('"chatcmpl-1"', '""')],
    ['`created` is no time', stream().replaceAll('1759530835', '"now"')],
    ['`model` is no text', stream().replaceAll('"model":"m"', '"model":null')],
    ['`choices` is not a list', stream({ text: { ...legal['text'], choices: null } })],
    ['neither a choice nor usage', stream({ text: { ...legal['text'], choices: [] } })],
    ['a choice has no `index`', stream({ text: choice({ index: undefined }) })],
    ['a choice has no `index`', stream({ text: { ...legal['text'], choices: [5] } })],
    ['without having been asked', stream({ role: chunk({ role: 'assistant', content: '' }) })],
    ['missing, though announced', stream({ text: chunk({ content: 'a' }) })],
    ['usage comes together', stream({ usage: undefined, finish: { ...legal['finish'], usage } })],
    ['usage comes before', stream({ reasoning: legal['usage'] })],
    ['usage comes twice', stream({ again: legal['usage'] })],
    ['follows the usage chunk', stream({ late: legal['text'] })],
    ['`usage` is neither', stream({ text: { ...legal['text'], usage: 5 } })],
    [
      'is no count',
      stream({ usage: { ...legal['usage'], usage: { ...usage, prompt_tokens: -1 } } }),
    ],
    [
      'is not the sum',
      stream({ usage: { ...legal['usage'], usage: { ...usage, total_tokens: 9 } } }),
    ],
    ['before a finish reason', stream({ finish: undefined, usage: undefined })],
    ['without `[DONE]`', stream().slice(0, -'data: [DONE]\n\n'.length)],
    ['without `[DONE]`', ''],
    ['something follows `[DONE]`', `${stream()}data: {}\n\n`],
    [
      'something follows an error',
      sse({ error: { message: 'x', type: 'y', param: null, code: null } }),
    ],
    ['`error.message` is no text', 'data: {"error":{"type":"y","param":null,"code":null}}\n\n'],
    [
      '`error.code` is neither',
      'data: {"error":{"message":"x","type":"y","param":null,"code":5}}\n\n',
    ],
    ['`error` is neither', 'data: {"error":null}\n\n'],
    ['not a JSON object', `data: nonsense\n\n${stream()}`],
    ['not a JSON object', `data: [1]\n\n${stream()}`],
    ['neither `data:` nor a comment', `event: x\n${stream()}`],
    ['neither `data:` nor a comment', `${stream()}nonsense\n\n`],
    ['ends inside an event', stream().slice(0, -1)],
    ['ends inside an event', `${stream()}data: x`],
  ])('refuses: %s', (words, text) => {
    const violations = violationsOf(text)

    expect(violations.length).toBeGreaterThan(0)
    expect(violations.join('\n')).toContain(words)
  })

  it('refuses what is no UTF-8', () => {
    const validator = openaiChat.streamValidator('sse')
    validator.push(bytes(stream()))
    validator.push(Uint8Array.of(0xff, 0x0a, 0x0a))
    validator.end()

    expect(validator.violations).toEqual(['event 8: the stream is not UTF-8'])
  })
})

describe('the validator of completion streams', () => {
  const text = (value: unknown, finish_reason: unknown = null) => ({
    id: 'cmpl-1',
    object: 'text_completion',
    created: 7,
    model: 'm',
    choices: [{ index: 0, text: value, logprobs: null, finish_reason }],
  })
  const violations = (...chunks: unknown[]) => violationsOf(sse(...chunks), openaiCompletions)

  it('accepts texts and an end', () => {
    expect(violations(text('a'), text('', 'stop'))).toEqual([])
  })

  it.each<readonly [string, unknown[]]>([
    ['`text` is no text', [text(null), text('', 'stop')]],
    ['goes on after', [text('', 'stop'), text('a')]],
    ['neither null nor a known word', [text('a', 'x')]],
    ['before a finish reason', [text('a')]],
    ['`object` is not', [chunk({ role: 'assistant' })]],
  ])('refuses: %s', (words, chunks) => {
    expect(violations(...chunks).join('\n')).toContain(words)
  })
})
