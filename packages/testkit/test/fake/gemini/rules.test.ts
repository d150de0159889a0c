import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  batchEndpoint,
  countEndpoint,
  embedEndpoint,
  type GeminiRuleId,
  generateEndpoint,
} from '../../../src/fake/gemini/check-request.ts'
import { partRules } from '../../../src/fake/gemini/part-rules.ts'
import { createThoughtSigner } from '../../../src/fake/gemini/thought-signer.ts'
import {
  type GeminiFake,
  type GeminiFakeOptions,
  startGeminiFake,
} from '../../../src/fake/gemini.ts'
import { httpCall } from '../../http-call.ts'
import { post, violation } from './asking.ts'
import { goodRequest, secret } from './good-request.ts'
import {
  batchMutants,
  companions,
  countMutants,
  embedMutants,
  generateMutants,
  goodBatch,
  goodCount,
  goodEmbed,
} from './mutants.ts'

const options: GeminiFakeOptions = { secret, mixedTools: 'refused' }
const generateRules = generateEndpoint(createThoughtSigner(secret, '')).rules
/** A rule of Vertex, which has its test with the other fields of Vertex. */
const { labels: _, ...publicRules } = generateRules
const ownEmbedRules = Object.fromEntries(
  Object.entries(embedEndpoint.rules).filter(([id]) => !(id in partRules)),
)

const operations = [
  {
    path: '/models/fake-chat:generateContent',
    good: goodRequest,
    mutants: generateMutants,
    rules: publicRules,
  },
  {
    path: '/models/fake-chat:countTokens',
    good: goodCount,
    mutants: countMutants,
    rules: countEndpoint.rules,
  },
  {
    path: '/models/fake-embed:embedContent',
    good: goodEmbed,
    mutants: embedMutants,
    rules: ownEmbedRules,
  },
  {
    path: '/models/fake-embed:batchEmbedContents',
    good: goodBatch,
    mutants: batchMutants,
    rules: batchEndpoint.rules,
  },
]

let strict: GeminiFake

beforeAll(async () => {
  strict = await startGeminiFake(options)
})
afterAll(() => strict.close())

const without = (...withoutRules: GeminiRuleId[]): Promise<GeminiFake> =>
  startGeminiFake({ ...options, withoutRules })

describe.each(operations)('POST $path', ({ path, good, mutants, rules }) => {
  it('accepts a request that uses every field', async () => {
    const answer = await post(strict, path, good)

    expect(answer.status, answer.body).toBe(200)
  })

  it('has a mutant for every rule, and every rule cites where its fact stands', () => {
    expect(Object.keys(mutants).sort()).toEqual(Object.keys(rules).sort())
    for (const rule of Object.values(rules)) expect(rule.cites).toMatch(/^Gemini, 4\.\d \w/)
  })

  const cases = Object.entries(mutants).flatMap(([rule, bodies]) =>
    bodies.map((mutant, index) => ({ rule, index, mutant })),
  )

  it.each(cases)('refuses mutant $index of $rule, and only because of that rule', async (entry) => {
    const body = { ...good, ...entry.mutant }
    const more = companions[entry.rule] ?? []
    await using strictEnough = await without(...more)
    await using lenient = await without(...more, entry.rule as GeminiRuleId)

    const refused = await post(strictEnough, path, body)
    const accepted = await post(lenient, path, body)

    expect(refused.status, refused.body).toBe(400)
    expect(refused.json()).toMatchObject(violation(expect.any(String)))
    expect(accepted.status, accepted.body).toBe(200)
  })

  it('refuses a field that it does not know, and names it', async () => {
    await using lenient = await without('fields')

    const refused = await post(strict, path, { ...good, stream: true })
    const accepted = await post(lenient, path, { ...good, stream: true })

    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject(violation('stream'))
    expect(accepted.status).toBe(200)
  })

  it('refuses a model that it does not have', async () => {
    await using lenient = await without('known-model')
    const other = path.replace(/fake-\w+/, 'other')

    const refused = await post(strict, other, good)
    const accepted = await post(lenient, other, good)

    expect(refused.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
    expect(accepted.status).toBe(200)
  })

  it('refuses a body that does not say it is JSON', async () => {
    await using lenient = await without('content-type')
    const headers = { 'content-type': 'text/plain' }

    const refused = await post(strict, path, good, headers)
    const accepted = await post(lenient, path, good, headers)

    expect(refused.status).toBe(400)
    expect(accepted.status).toBe(200)
  })

  it('refuses a query that it does not know', async () => {
    await using lenient = await without('query')

    const refused = await post(strict, `${path}?beta=true`, good)
    const form = await post(strict, `${path}?alt=proto`, good)
    const accepted = await post(lenient, `${path}?beta=true`, good)

    expect(refused.json()).toMatchObject(violation('beta'))
    expect(form.json()).toMatchObject(violation('alt'))
    expect(accepted.status).toBe(200)
  })

  it.each([
    ['broken JSON', '{"contents": ['],
    ['a list', '[]'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('refuses %s', async (_, body) => {
    expect((await post(strict, path, body)).status).toBe(400)
  })

  it.each([
    ['no key', {}, '', 403],
    ['an unknown key', { 'x-goog-api-key': 'other' }, '', 400],
    ['a key as bearer', { authorization: 'Bearer sk-fake' }, '', 403],
    ['two keys', { 'x-goog-api-key': 'sk-fake' }, '?key=sk-fake', 403],
    ['two key headers', { 'x-goog-api-key': ['sk-fake', 'sk-fake'] }, '', 403],
  ])('refuses %s', async (_, headers, query, status) => {
    await using lenient = await without('authorization')

    const refused = await httpCall(`${strict.baseUrl}${path}${query}`, { body: good, headers })
    const accepted = await httpCall(`${lenient.baseUrl}${path}${query}`, { body: good, headers })

    expect(refused.status).toBe(status)
    expect(accepted.status).toBe(200)
  })
})
