import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ResponsesRuleId,
  responsesEndpoint,
} from '../../../src/fake/openai-responses/check-request.ts'
import { responsesParameters } from '../../../src/fake/openai-responses/field-rules.ts'
import {
  type OpenAIResponsesFake,
  startOpenAIResponsesFake,
} from '../../../src/fake/openai-responses.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { goodRequest } from './good-request.ts'
import { foreignFields, mutants, mutated } from './mutants.ts'

let strict: OpenAIResponsesFake

beforeAll(async () => {
  strict = await startOpenAIResponsesFake()
})
afterAll(() => strict.close())

function post(fake: OpenAIResponsesFake, body: unknown, headers = {}): Promise<HttpAnswer> {
  const authorization = 'Bearer sk-fake'
  return httpCall(`${fake.baseUrl}/responses`, { body, headers: { authorization, ...headers } })
}

/** These make the mutant break a second rule, which has to be off for the first one to be seen alone. */
const companions: Readonly<Record<string, readonly ResponsesRuleId[]>> = {
  model: ['known-model'],
  'previous-response-excludes-conversation': ['previous-response'],
  'previous-response-id': ['previous-response'],
  'item-shape': ['reasoning-needs-its-state', 'reasoning-needs-what-it-led-to'],
}

describe('POST /responses', () => {
  it('accepts a request that uses every field', async () => {
    const answer = await post(strict, goodRequest)

    expect(Object.keys(goodRequest).sort()).toEqual([...responsesParameters].sort())
    expect(answer.status, answer.body).toBe(200)
  })

  it('has a mutant for every rule, and every rule cites where its fact stands', () => {
    const { rules } = responsesEndpoint

    expect(Object.keys(mutants).sort()).toEqual(Object.keys(rules).sort())
    for (const list of Object.values(mutants)) expect(list.length).toBeGreaterThan(0)
    for (const rule of Object.values(rules))
      expect(rule.cites).toMatch(/^OpenAI Responses 2\.\d, ./)
  })

  const cases = Object.entries(mutants).flatMap(([rule, list]) =>
    list.map(([at, mutant], index) => ({ rule, index, at, mutant })),
  )

  it.each(cases)('refuses mutant $index of $rule, and only because of that rule', async (entry) => {
    const body = mutated(entry.mutant)
    const off = [entry.rule, ...(companions[entry.rule] ?? [])] as ResponsesRuleId[]
    await using lenient = await startOpenAIResponsesFake({ withoutRules: off })

    const refused = await post(strict, body)
    const accepted = await post(lenient, body)

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({
      error: { type: 'invalid_request_error', param: entry.at },
    })
    expect(accepted.status, accepted.body).toBe(200)
  })

  it.each(Object.entries(foreignFields))('does not know the field %s', async (name, value) => {
    await using lenient = await startOpenAIResponsesFake({ withoutRules: ['parameters'] })

    const refused = await post(strict, { ...goodRequest, [name]: value })
    const accepted = await post(lenient, { ...goodRequest, [name]: value })

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({ error: { param: name, code: 'unsupported_parameter' } })
    expect(accepted.status).toBe(200)
  })

  it('refuses a model that it does not have with 400', async () => {
    await using lenient = await startOpenAIResponsesFake({ withoutRules: ['known-model'] })

    const refused = await post(strict, { ...goodRequest, model: 'other' })
    const accepted = await post(lenient, { ...goodRequest, model: 'other' })

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } })
    expect(accepted.status).toBe(200)
  })

  it('refuses a body that does not say it is JSON', async () => {
    await using lenient = await startOpenAIResponsesFake({ withoutRules: ['content-type'] })
    const headers = { 'content-type': 'text/plain' }

    const refused = await post(strict, goodRequest, headers)
    const accepted = await post(lenient, goodRequest, headers)

    expect(refused.status).toBe(415)
    expect(accepted.status).toBe(200)
  })

  it.each([
    ['broken JSON', '{"model": "fake-chat"'],
    ['a list', '[]'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('refuses %s', async (_, body) => {
    expect((await post(strict, body)).status).toBe(400)
  })

  it.each([
    ['no key', {}],
    ['an unknown key', { authorization: 'Bearer other' }],
    ['two authorization headers', { authorization: ['Bearer sk-fake', 'Bearer sk-fake'] }],
  ])('refuses %s', async (_, headers) => {
    await using lenient = await startOpenAIResponsesFake({ withoutRules: ['authorization'] })
    const url = (fake: OpenAIResponsesFake): string => `${fake.baseUrl}/responses`

    const refused = await httpCall(url(strict), { body: goodRequest, headers })
    const accepted = await httpCall(url(lenient), { body: goodRequest, headers })

    expect(refused.status).toBe(401)
    expect(accepted.status).toBe(200)
  })
})

describe('routing', () => {
  it.each([
    ['GET', '/v1/responses', 405],
    ['POST', '/v1/models', 405],
    ['PUT', '/v1/responses/resp_1', 405],
    ['GET', '/v1/responses/resp_1', 404],
    ['GET', '/v1/responses/%E0%A4%A', 400],
    ['POST', '/v1/chat/completions', 404],
    ['POST', '/responses', 404],
    ['GET', '/v1', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const headers = { authorization: 'Bearer sk-fake' }
    const answer = await httpCall(`${strict.server.url}${path}`, { method, headers })

    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  })
})
