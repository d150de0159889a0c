import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnthropicRuleId, rulesFor } from '../../../src/fake/anthropic/check-request.ts'
import { reasoningState } from '../../../src/fake/anthropic/reasoning-state.ts'
import { turnLedger } from '../../../src/fake/anthropic/turn-ledger.ts'
import {
  type AnthropicFake,
  type AnthropicFakeOptions,
  startAnthropicFake,
} from '../../../src/fake/anthropic-messages.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { type Body, good, loopAnswer, plain, secret } from './good-request.ts'
import { mutants } from './mutants.ts'

const supported = { supported: true }
const unsupported = { supported: false }
const options: AnthropicFakeOptions = {
  secret,
  answer: () => loopAnswer,
  models: [
    {
      id: 'fake-chat',
      capabilities: {
        effort: { low: supported, high: supported, xhigh: null, max: unsupported },
        thinking: { types: { enabled: supported, adaptive: supported, disabled: supported } },
      },
    },
  ],
}

let strict: AnthropicFake

/** A fake that has given the answer which the good request sends back. */
async function start(more: AnthropicFakeOptions = {}): Promise<AnthropicFake> {
  const fake = await startAnthropicFake({ ...options, ...more })
  const { status } = await post(fake, '/messages', plain)
  expect(status).toBe(200)
  return fake
}

beforeAll(async () => {
  strict = await start()
})
afterAll(() => strict.close())

const usual = {
  'x-api-key': 'sk-fake',
  'anthropic-version': '2023-06-01',
  'anthropic-beta': 'context-management-2025-06-27, mcp-client-2025-11-20',
}

function post(
  fake: AnthropicFake,
  path: string,
  body: unknown,
  changed: Readonly<Record<string, string | readonly string[] | null>> = {},
): Promise<HttpAnswer> {
  const headers = Object.entries({ ...usual, ...changed }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  )
  return httpCall(`${fake.baseUrl}${path}`, { body, headers: Object.fromEntries(headers) })
}

const rules = rulesFor({
  version: '',
  betas: [],
  model: undefined,
  state: reasoningState(secret),
  scope: '',
  ledger: turnLedger(),
  thinkingFirst: 'own',
  prefill: 'allowed',
})

const { max_tokens, stop_sequences, stream, metadata, temperature, ...countable } = good
const { service_tier, container, inference_geo, diagnostics, ...fewer } = countable
const { fallbacks, fallback_credit_token, thread, ...goodCount } = fewer as Body

describe('POST /messages', () => {
  it('accepts a request that uses every field, and the least one', async () => {
    const answers = [await post(strict, '/messages', good), await post(strict, '/messages', plain)]

    for (const answer of answers) expect(answer.status, answer.body).toBe(200)
  })

  it('has a mutant for every rule, and every rule cites where its fact stands', () => {
    expect(Object.keys(mutants).sort()).toEqual(Object.keys(rules).sort())
    for (const rule of Object.values(rules)) {
      expect(rule.cites).toMatch(/^Anthropic Messages 3\.\d, \S/)
    }
  })

  const cases = Object.entries(mutants).flatMap(([rule, list]) =>
    list.map((mutant, index) => ({ rule, index, mutant })),
  )

  it.each(cases)('refuses mutant $index of $rule, and only because of that rule', async (entry) => {
    const { body, headers = {}, off = [], options: own } = entry.mutant
    const withoutRules = [entry.rule, ...off] as AnthropicRuleId[]
    await using picky = own ? await start(own) : undefined
    await using lenient = await start({ ...own, withoutRules })

    const refused = await post(picky ?? strict, '/messages', body, headers)
    const accepted = await post(lenient, '/messages', body, headers)

    expect(refused.status, refused.body).toBe(400)
    expect(refused.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: expect.stringMatching(
          /^[a-z_]+(\.[a-z0-9_]+)*: [\s\S]*\(Anthropic Messages 3\.\d, .*\)\.$/,
        ),
      },
      request_id: refused.headers['request-id'],
    })
    expect(accepted.status, accepted.body).toBe(200)
  })

  it('says what Anthropic says where clients look for it', async () => {
    const messageOf = async (rule: string, index = 0): Promise<unknown> => {
      const body = mutants[rule]?.[index]?.body
      const answer = await post(strict, '/messages', body)
      return (answer.json() as { error: { message: string } }).error.message
    }

    expect(await messageOf('thinking-signature')).toMatch(
      /^messages\.1\.content\.0\.signature: Invalid `signature` in `thinking` block/,
    )
    expect(await messageOf('thinking-comes-first', 2)).toContain(
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
    )
    expect(await messageOf('model-effort', 1)).toContain(
      "does not support effort level 'max'. Supported levels: low, high.",
    )
    expect(await messageOf('tool-calls-are-answered')).toContain('without `tool_result` blocks')
    expect(await messageOf('content-blocks', 3)).toMatch(
      /^messages\.0\.content\.0\.annotations: Extra inputs are not permitted/,
    )
  })

  it('lets a budget exceed the limit when thinking is interleaved', async () => {
    const headers = { 'anthropic-beta': 'interleaved-thinking-2025-05-14' }
    const answer = await post(strict, '/messages', { ...good, max_tokens: 1024 }, headers)

    expect(answer.status, answer.body).toBe(200)
  })

  it('takes an assistant turn that was paused as no prefill', async () => {
    const content = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
      { type: 'text', text: 'Searching ' },
    ]
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
    ]
    const answer = await post(strict, '/messages', { ...good, messages })

    expect(answer.status, answer.body).toBe(200)
  })

  it('holds extra rules under names of their own', async () => {
    const noise = { cites: 'a test', check: () => ({ at: 'noise', message: 'is never right' }) }
    await using picky = await startAnthropicFake({ extraRules: { noise } })

    const answer = await post(picky, '/messages', plain)

    expect(answer.json()).toMatchObject({ error: { message: 'noise: is never right (a test).' } })
  })
})

describe('POST /messages/count_tokens', () => {
  it('counts a request that uses every field it has', async () => {
    const answer = await post(strict, '/messages/count_tokens', goodCount)

    expect(answer.status, answer.body).toBe(200)
    expect(answer.json()).toEqual({ input_tokens: expect.any(Number) })
  })

  it.each(Object.entries({ max_tokens, stop_sequences, stream, metadata, temperature }))(
    'refuses %s, which it does not have',
    async (name, value) => {
      const path = '/messages/count_tokens'
      const answer = await post(strict, path, { ...goodCount, [name]: value })

      expect(answer.status).toBe(400)
      expect(answer.body).toContain(`${name}: Extra inputs are not permitted`)
    },
  )

  it('holds the rules about messages and state', async () => {
    const broken = [mutants['thinking-signature']?.[0], mutants['tool-ids']?.[1]]
    for (const mutant of broken) {
      const { messages } = mutant?.body ?? {}
      const answer = await post(strict, '/messages/count_tokens', { ...goodCount, messages })

      expect(answer.status).toBe(400)
    }
  })
})

describe.each(['/messages', '/messages/count_tokens'])('POST %s', (path) => {
  const body = path === '/messages' ? good : goodCount

  it('refuses a field that it does not know, and names it', async () => {
    await using lenient = await start({ withoutRules: ['parameters'] })

    const refused = await post(strict, path, { ...body, n: 1 })
    const accepted = await post(lenient, path, { ...body, n: 1 })

    expect(refused.status).toBe(400)
    expect(refused.body).toContain('n: Extra inputs are not permitted')
    expect(accepted.status).toBe(200)
  })

  it('refuses a model that it does not have', async () => {
    await using lenient = await start({ withoutRules: ['known-model'] })

    const refused = await post(strict, path, { ...body, model: 'other' })
    const accepted = await post(lenient, path, { ...body, model: 'other' })

    expect(refused.status).toBe(404)
    expect(refused.json()).toMatchObject({
      error: { type: 'not_found_error', message: 'model: other' },
    })
    expect(accepted.status, accepted.body).toBe(200)
  })

  it('refuses a body that does not say it is JSON', async () => {
    await using lenient = await start({ withoutRules: ['content-type'] })
    const headers = { 'content-type': 'text/plain' }

    expect((await post(strict, path, body, headers)).status).toBe(400)
    expect((await post(lenient, path, body, headers)).status).toBe(200)
  })

  it.each([
    ['broken JSON', '{"model": "fake-chat"'],
    ['a list', '[]'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('refuses %s', async (_, bytes) => {
    expect((await post(strict, path, bytes)).status).toBe(400)
  })

  it.each([
    ['no key', { 'x-api-key': null }],
    ['an unknown key', { 'x-api-key': 'other' }],
    ['a key in the wrong place', { 'x-api-key': null, authorization: 'Bearer sk-fake' }],
    ['two keys', { 'x-api-key': ['sk-fake', 'sk-fake'] }],
  ])('refuses %s', async (_, headers) => {
    await using lenient = await start({ withoutRules: ['authorization'] })

    const refused = await post(strict, path, body, headers)

    expect(refused.status).toBe(401)
    expect(refused.json()).toMatchObject({ error: { type: 'authentication_error' } })
    expect((await post(lenient, path, body, headers)).status).toBe(200)
  })

  it.each([
    ['without a version', { 'anthropic-version': null }],
    ['of a version that is none', { 'anthropic-version': '2024-01-01' }],
  ])('refuses a request %s', async (_, headers) => {
    await using lenient = await start({ withoutRules: ['anthropic-version'] })

    const refused = await post(strict, path, body, headers)

    expect(refused.status).toBe(400)
    expect(refused.body).toContain('anthropic-version')
    expect((await post(lenient, path, plain2(path), headers)).status).toBe(200)
  })
})

/** A body that does not depend on the version. */
function plain2(path: string): Body {
  const { max_tokens: _, ...rest } = plain
  return path === '/messages' ? plain : rest
}

it('refuses a body of more than 32 MB with 413', async () => {
  await using lenient = await startAnthropicFake({ withoutRules: ['request-size'] })
  const text = 'x'.repeat(32 * 1024 * 1024)
  const body = JSON.stringify({
    ...plain,
    max_tokens: 1,
    messages: [{ role: 'user', content: text }],
  })

  const refused = await post(strict, '/messages', body)
  const accepted = await post(lenient, '/messages', body)

  expect(refused.status).toBe(413)
  expect(refused.json()).toMatchObject({ error: { type: 'request_too_large' } })
  expect(accepted.status).toBe(200)
})

describe('routing', () => {
  it.each([
    ['GET', '/v1/messages', 405],
    ['POST', '/v1/models', 405],
    ['POST', '/v1/message', 404],
    ['POST', '/messages', 404],
    ['GET', '/v1/models/none', 404],
    ['GET', '/v1/models/%zz', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const answer = await httpCall(`${strict.server.url}${path}`, { method, headers: usual })

    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ type: 'error', request_id: expect.any(String) })
  })

  it('does not mind the query of the beta client', async () => {
    expect((await post(strict, '/messages?beta=true', plain)).status).toBe(200)
  })
})
