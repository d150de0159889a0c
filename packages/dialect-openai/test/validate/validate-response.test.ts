import { describe, expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes, json } from '../support/bytes.ts'
import { recording } from '../support/recordings.ts'

const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 7,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, tool_calls: [call] },
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}

const withChoice = (members: object) => ({
  ...answer,
  choices: [{ ...answer.choices[0], ...members }],
})

const withMessage = (members: object) =>
  withChoice({ message: { ...answer.choices[0]?.message, ...members } })

const embeddings = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  model: 'e',
  usage: { prompt_tokens: 1, total_tokens: 1 },
}

const error = { error: { message: 'x', type: 'y', param: null, code: null } }

const problems = (value: unknown) => openaiChat.validateResponse(json(value))

describe('the validator of answers', () => {
  it.each([
    ['calls', answer],
    ['text', withChoice({ message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' })],
    ['embeddings', embeddings],
    [
      'embeddings in base64',
      { ...embeddings, data: [{ object: 'embedding', index: 0, embedding: 'AAA=' }] },
    ],
    ['an error', error],
    ['an error as a string', { error: 'Nothing is up.' }],
  ])('accepts %s', (_, value) => {
    expect(problems(value)).toEqual([])
  })

  it('accepts what OpenAI sent', () => {
    expect(
      openaiChat.validateResponse(bytes(recording('openai-images-json').responseBody)),
    ).toEqual([])
  })

  it.each<readonly [string, unknown]>([
    ['not a JSON object', [answer]],
    ['`object` is not', { ...answer, object: 'text_completion' }],
    ['`id` is no text', { ...answer, id: '' }],
    ['`created` is no time', { ...answer, created: 1.5 }],
    ['`model` is no text', { ...answer, model: undefined }],
    ['`usage` is not an object', { ...answer, usage: null }],
    ['is not the sum', { ...answer, usage: { ...answer.usage, total_tokens: 4 } }],
    ['`choices` is no list', { ...answer, choices: [] }],
    ['a choice is not an object', { ...answer, choices: [1] }],
    ['wrong `index`', withChoice({ index: 1 })],
    ['no known word', withChoice({ finish_reason: null })],
    ['`message` is not an object', withChoice({ message: undefined })],
    ['`message.role`', withMessage({ role: 'user' })],
    ['`message.content` is missing', withMessage({ content: undefined })],
    ['`content` is neither', withMessage({ content: [] })],
    ['not a list of calls', withMessage({ tool_calls: [] })],
    ['no call was made', withMessage({ tool_calls: undefined })],
    ['yet it says stop', withChoice({ finish_reason: 'stop' })],
    ['a tool call is not an object', withMessage({ tool_calls: ['x'] })],
    ['has no `id`', withMessage({ tool_calls: [{ ...call, id: 5 }] })],
    ['neither a `function`', withMessage({ tool_calls: [{ ...call, type: 'other' }] })],
    ['has no name', withMessage({ tool_calls: [{ ...call, function: { arguments: '' } }] })],
    [
      'are no text',
      withMessage({ tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }),
    ],
    ['`error` is neither', { error: 5 }],
    ['`error` is empty', { error: '' }],
    ['`error.type`', { error: { ...error.error, type: null } }],
    ['`error.param`', { error: { ...error.error, param: 5 } }],
    ['`model` is no text', { ...embeddings, model: null }],
    ['`usage` is missing', { ...embeddings, usage: {} }],
    ['`data` is not a list', { ...embeddings, data: {} }],
    ['something else than embeddings', { ...embeddings, data: [{}] }],
    ['wrong `index`', { ...embeddings, data: [{ ...embeddings.data[0], index: 1 }] }],
    ['an embedding is empty', { ...embeddings, data: [{ ...embeddings.data[0], embedding: '' }] }],
  ])('refuses: %s', (words, value) => {
    expect(problems(value).join('\n')).toContain(words)
  })

  it('refuses what is no JSON', () => {
    expect(openaiChat.validateResponse(bytes('{'))).toEqual(['the body is not a JSON object'])
  })

  it('validates whole answers also where it is handed them in pieces', () => {
    const validator = openaiChat.streamValidator('json')
    const body = json({ ...answer, id: '' })
    validator.push(body.subarray(0, 20))
    validator.push(body.subarray(20))
    validator.end()

    expect(validator.violations).toEqual(['`id` is no text'])
  })

  it('knows the shape of completions', () => {
    const choice = { index: 0, text: 'a', finish_reason: 'stop' }
    const completion = { ...answer, object: 'text_completion', choices: [choice] }

    expect(openaiCompletions.validateResponse(json(completion))).toEqual([])
    expect(
      openaiCompletions.validateResponse(
        json({ ...completion, choices: [{ ...choice, text: null }] }),
      ),
    ).toEqual(['`text` is no text'])
  })
})
