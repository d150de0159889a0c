import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatEndpoint, type FakeRuleId } from '../../../src/fake/openai/check-request.ts'
import { completionsRules } from '../../../src/fake/openai/completions.ts'
import { embeddingsRules } from '../../../src/fake/openai/embeddings.ts'
import { type OpenAIChatFake, startOpenAIChatFake } from '../../../src/fake/openai-chat.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'

type Body = Record<string, unknown>

const weather = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: {} } },
}
const call = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: '' },
})
const user = { role: 'user', content: 'Hi' }

/** Uses every field that the fake knows, so that no rule is vacuous. */
const goodChat: Body = {
  model: 'fake-chat',
  messages: [
    { role: 'system', content: 'Answer in JSON.', name: 'boss' },
    { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2')] },
    { role: 'tool', tool_call_id: 'c2', content: 'rain' },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'sun' }] },
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
    { role: 'user', content: 'Again' },
  ],
  temperature: 2,
  top_p: 0,
  n: 1,
  max_tokens: 5,
  max_completion_tokens: 5,
  stop: ['a', 'b'],
  presence_penalty: -2,
  frequency_penalty: 2,
  logit_bias: { '12': -100 },
  logprobs: true,
  top_logprobs: 20,
  seed: -1,
  stream: true,
  stream_options: { include_usage: true },
  tools: [weather, { type: 'custom', custom: { name: 'c', format: { type: 'text' } } }],
  tool_choice: { type: 'function', function: { name: 'get_weather' } },
  parallel_tool_calls: true,
  functions: [{ name: 'old' }],
  function_call: 'auto',
  response_format: { type: 'json_object' },
  reasoning_effort: 'none',
  verbosity: 'low',
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy', format: 'wav' },
  moderation: { model: 'm', policy: { input: { mode: 'block' } } },
  prediction: { type: 'content', content: 'x' },
  web_search_options: { user_location: { type: 'approximate', approximate: { city: 'X' } } },
  store: true,
  metadata: { a: '' },
  service_tier: 'flex',
  safety_identifier: 'abc',
  prompt_cache_key: 'k',
  user: 'u',
  prompt_cache_retention: '24h',
  prompt_cache_options: { mode: 'explicit', ttl: '30m' },
}

const strictTool = (parameters: unknown): Body => ({
  tools: [{ type: 'function', function: { name: 'f', strict: true, parameters } }],
  tool_choice: 'auto',
})
const say = (...messages: unknown[]): Body => ({ messages, response_format: null })

/** Per rule: members that replace those of the good request, and nothing else that is wrong. */
const chatMutants: Readonly<Record<string, readonly Body[]>> = {
  model: [{ model: 7 }, { model: '' }, { model: undefined }],
  temperature: [{ temperature: 2.1 }, { temperature: '1' }],
  'top-p': [{ top_p: -0.1 }],
  n: [{ n: 0 }, { n: 129 }, { n: 1.5 }],
  'max-tokens': [{ max_tokens: 0 }],
  'max-completion-tokens': [{ max_completion_tokens: '5' }],
  stop: [{ stop: ['a', 'b', 'c', 'd', 'e'] }, { stop: 1 }],
  'presence-penalty': [{ presence_penalty: 3 }],
  'frequency-penalty': [{ frequency_penalty: -3 }],
  'logit-bias': [{ logit_bias: { '1': 101 } }, { logit_bias: [] }],
  logprobs: [{ logprobs: 1, top_logprobs: undefined }],
  'top-logprobs': [{ top_logprobs: 21 }],
  'top-logprobs-need-logprobs': [{ logprobs: false }],
  seed: [{ seed: 0.5 }],
  stream: [{ stream: 'true', stream_options: undefined }],
  'stream-options': [{ stream_options: { include_usage: 1 } }],
  'stream-options-need-stream': [{ stream: false }, { stream: undefined }],
  'response-format': [
    { response_format: { type: 'xml' } },
    { response_format: { type: 'json_schema' } },
    { response_format: { type: 'json_schema', json_schema: { name: 'a b', schema: {} } } },
  ],
  'json-object-needs-the-word': [{ messages: [user] }],
  'reasoning-effort': [{ reasoning_effort: 'huge' }],
  verbosity: [{ verbosity: 'loud' }],
  modalities: [{ modalities: ['video'] }, { modalities: [] }],
  audio: [{ audio: { voice: 'alloy', format: 'ogg' } }],
  'audio-output-needs-audio': [{ audio: undefined }],
  moderation: [{ moderation: { policy: {} } }],
  prediction: [{ prediction: { type: 'content' } }],
  'web-search-options': [{ web_search_options: { search_context_size: 'all' } }],
  store: [{ store: 'yes' }],
  metadata: [{ metadata: { a: 1 } }, { metadata: { ['k'.repeat(65)]: 'v' } }],
  'service-tier': [{ service_tier: 'gold' }],
  'safety-identifier': [{ safety_identifier: 'x'.repeat(65) }],
  'prompt-cache-key': [{ prompt_cache_key: 1 }],
  'prompt-cache-retention': [{ prompt_cache_retention: '1h' }],
  'prompt-cache-options': [{ prompt_cache_options: { ttl: '5m' } }],
  user: [{ user: 1 }],
  messages: [say(), { messages: 'Hi', response_format: null }, { ...say(), messages: undefined }],
  'message-role': [say({ role: 'robot', content: 'x' })],
  'message-name': [say({ ...user, name: '' })],
  'message-content': [say({ role: 'user' }), say({ role: 'user', content: [] })],
  'assistant-says-something': [say(user, { role: 'assistant', content: null })],
  'content-parts': [
    say({ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://a' } }] }),
    say({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'ftp://a' } }] }),
    say({ role: 'user', content: [{ type: 'image_url', image_url: 'https://a' }] }),
    say({
      role: 'user',
      content: [{ type: 'input_audio', input_audio: { data: 'data:,x', format: 'wav' } }],
    }),
    say({ role: 'user', content: [{ type: 'file', file: { file_data: 'https://a/b.pdf' } }] }),
    say({ role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://a/b.mp4' } }] }),
    say({ role: 'user', content: [{ type: 'refusal', refusal: 'x' }] }),
    say({ role: 'user', content: [{ text: 'no type' }] }),
  ],
  'tool-call-shape': [
    say(
      { role: 'assistant', tool_calls: [{ ...call('c1'), type: 'tool' }] },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
    ),
    say(
      {
        role: 'assistant',
        tool_calls: [{ ...call('c1'), function: { name: 'f', arguments: {} } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
    ),
  ],
  'tool-result-names-its-call': [
    say(
      { role: 'assistant', tool_calls: [{ ...call(''), id: undefined }] },
      { role: 'tool', content: 'x' },
    ),
  ],
  'tool-calls-are-answered': [
    say({ role: 'assistant', tool_calls: [call('c1')] }),
    say(
      { role: 'assistant', tool_calls: [call('c1'), call('c2')] },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
      user,
    ),
  ],
  'tool-results-follow-their-call': [
    say(user, { role: 'tool', tool_call_id: 'c1', content: 'x' }),
    say(
      { role: 'assistant', tool_calls: [call('c1')] },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
      { role: 'tool', tool_call_id: 'c9', content: 'x' },
    ),
  ],
  tools: [
    { tools: [{ type: 'function', function: { name: 'a b' } }] },
    { tools: [{ function: { name: 'f' } }] },
    { tools: Array.from({ length: 129 }, () => weather) },
  ],
  'strict-tool-schema': [
    strictTool({ type: 'object', properties: {} }),
    strictTool({ type: 'object', additionalProperties: false, properties: { a: {} } }),
    strictTool({ type: 'array', items: { type: 'object' } }),
  ],
  'tool-choice': [{ tool_choice: 'any' }, { tool_choice: { type: 'function', name: 'f' } }],
  'parallel-tool-calls': [{ parallel_tool_calls: 1 }],
  'parallel-tool-calls-need-tools': [{ tools: undefined }, { tools: [] }],
  functions: [{ functions: [{}] }],
  'function-call': [{ function_call: 'required' }],
}

/** These make the mutant break a second rule, which has to be off for the first one to be seen alone. */
const companions: Readonly<Record<string, readonly FakeRuleId[]>> = {
  'tool-result-names-its-call': ['tool-call-shape'],
  messages: ['json-object-needs-the-word'],
  model: ['known-model'],
  'completions-model': ['known-model'],
  'embeddings-model': ['known-model'],
}

const goodCompletion: Body = { model: 'fake-chat', prompt: 'Hi', max_tokens: 3, stop: 'x' }
const completionMutants: Readonly<Record<string, readonly Body[]>> = {
  'completions-model': [{ model: undefined }],
  'completions-prompt': [{ prompt: undefined }, { prompt: 7 }, { prompt: [] }],
  'completions-max-tokens': [{ max_tokens: -1 }],
  'completions-temperature': [{ temperature: 3 }],
  'completions-top-p': [{ top_p: 2 }],
  'completions-n': [{ n: 0 }],
  'completions-stop': [{ stop: {} }],
  'completions-suffix': [{ suffix: 1 }],
  'completions-echo': [{ echo: 'yes' }],
  'completions-stream': [{ stream: 1 }],
  'completions-stream-options': [{ stream: true, stream_options: { include_usage: 'x' } }],
  'completions-stream-options-need-stream': [{ stream_options: { include_usage: true } }],
}

const goodEmbedding: Body = { model: 'fake-embed', input: ['a', 'b'], user: 'u' }
const embeddingMutants: Readonly<Record<string, readonly Body[]>> = {
  'embeddings-model': [{ model: undefined }],
  'embeddings-input': [
    { input: undefined },
    { input: '' },
    { input: [''] },
    { input: Array.from({ length: 2049 }, () => 'a') },
    { input: [[]] },
  ],
  'embeddings-dimensions': [{ dimensions: 0 }],
  'embeddings-encoding-format': [{ encoding_format: 'hex' }],
  'embeddings-user': [{ user: 1 }],
}

const operations = [
  {
    path: '/chat/completions',
    good: goodChat,
    mutants: chatMutants,
    rules: chatEndpoint.rules,
  },
  {
    path: '/completions',
    good: goodCompletion,
    mutants: completionMutants,
    rules: completionsRules,
  },
  { path: '/embeddings', good: goodEmbedding, mutants: embeddingMutants, rules: embeddingsRules },
]

let strict: OpenAIChatFake

beforeAll(async () => {
  strict = await startOpenAIChatFake()
})
afterAll(() => strict.close())

function post(
  fake: OpenAIChatFake,
  path: string,
  body: unknown,
  headers = {},
): Promise<HttpAnswer> {
  const authorization = 'Bearer sk-fake'
  return httpCall(`${fake.baseUrl}${path}`, { body, headers: { authorization, ...headers } })
}

describe.each(operations)('POST $path', ({ path, good, mutants, rules }) => {
  it('accepts a request that uses every field', async () => {
    const answer = await post(strict, path, good)

    expect(answer.status, answer.body).toBe(200)
  })

  it('has a mutant for every rule, and every rule cites where its fact stands', () => {
    expect(Object.keys(mutants).sort()).toEqual(Object.keys(rules).sort())
    for (const rule of Object.values(rules)) expect(rule.cites).toMatch(/^OpenAI Chat, /)
  })

  const cases = Object.entries(mutants).flatMap(([rule, bodies]) =>
    bodies.map((mutant, index) => ({ rule, index, mutant })),
  )

  it.each(cases)('refuses mutant $index of $rule, and only because of that rule', async (entry) => {
    const body = { ...good, ...entry.mutant }
    const off = [entry.rule, ...(companions[entry.rule] ?? [])] as FakeRuleId[]
    await using lenient = await startOpenAIChatFake({ withoutRules: off })

    const refused = await post(strict, path, body)
    const accepted = await post(lenient, path, body)

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({
      error: { type: 'invalid_request_error', param: expect.any(String) },
    })
    expect(accepted.status, accepted.body).toBe(200)
  })

  it('refuses a field that it does not know, and names it', async () => {
    await using lenient = await startOpenAIChatFake({ withoutRules: ['parameters'] })

    const refused = await post(strict, path, { ...good, top_k: 3 })
    const accepted = await post(lenient, path, { ...good, top_k: 3 })

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({
      error: { param: 'top_k', code: 'unsupported_parameter' },
    })
    expect(accepted.status).toBe(200)
  })

  it('refuses a model that it does not have', async () => {
    await using lenient = await startOpenAIChatFake({ withoutRules: ['known-model'] })

    const refused = await post(strict, path, { ...good, model: 'other' })
    const accepted = await post(lenient, path, { ...good, model: 'other' })

    expect(refused.status).toBe(404)
    expect(refused.json()).toMatchObject({ error: { code: 'model_not_found' } })
    expect(accepted.status).toBe(200)
  })

  it('refuses a body that does not say it is JSON', async () => {
    await using lenient = await startOpenAIChatFake({ withoutRules: ['content-type'] })
    const headers = { 'content-type': 'text/plain' }

    const refused = await post(strict, path, good, headers)
    const accepted = await post(lenient, path, good, headers)

    expect(refused.status).toBe(415)
    expect(accepted.status).toBe(200)
  })

  it.each([
    ['broken JSON', '{"model": "fake-chat"'],
    ['a list', '[]'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('refuses %s', async (_, body) => {
    const answer = await post(strict, path, body)

    expect(answer.status).toBe(400)
  })

  it.each([
    ['no key', {}],
    ['an unknown key', { authorization: 'Bearer other' }],
    ['a key without the scheme', { authorization: 'sk-fake' }],
    ['a scheme without a key', { authorization: 'Bearer ' }],
    ['two authorization headers', { authorization: ['Bearer sk-fake', 'Bearer sk-fake'] }],
  ])('refuses %s', async (_, headers) => {
    await using lenient = await startOpenAIChatFake({ withoutRules: ['authorization'] })
    const url = (fake: OpenAIChatFake): string => `${fake.baseUrl}${path}`

    const refused = await httpCall(url(strict), { body: good, headers })
    const accepted = await httpCall(url(lenient), { body: good, headers })

    expect(refused.status).toBe(401)
    expect(accepted.status).toBe(200)
  })
})

describe('routing', () => {
  it.each([
    ['GET', '/v1/chat/completions', 405],
    ['POST', '/v1/models', 405],
    ['POST', '/v1/chat', 404],
    ['POST', '/chat/completions', 404],
    ['GET', '/v1', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const headers = { authorization: 'Bearer sk-fake' }
    const answer = await httpCall(`${strict.server.url}${path}`, { method, headers })

    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  })
})
