import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnthropicRuleId } from '../../../src/fake/anthropic/check-request.ts'
import { type AnthropicFake, startAnthropicFake } from '../../../src/fake/anthropic-messages.ts'
import { httpCall } from '../../http-call.ts'

/** A request that Anthropic answered. */
interface Recording {
  readonly source: string
  readonly query: string
  readonly status: number
  readonly request: Readonly<Record<string, unknown>>
}

const folder = new URL('../../fixtures/anthropic-messages/', import.meta.url)
const recordings = readdirSync(folder).map((name) => {
  const recording: Recording = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  return { name, recording }
})
const accepted = recordings.filter(({ recording }) => recording.status === 200)

/** Anthropic signed these, and nobody else can tell. */
const withoutRules: readonly AnthropicRuleId[] = ['thinking-signature', 'known-model']

let fake: AnthropicFake

beforeAll(async () => {
  const effort = { low: { supported: true }, xhigh: { supported: false } }
  const models = [{ id: 'claude-opus-4-6', capabilities: { effort } }]
  fake = await startAnthropicFake({ withoutRules, models })
})
afterAll(() => fake.close())

const headers = {
  'x-api-key': 'sk-fake',
  'anthropic-version': '2023-06-01',
  'anthropic-beta': 'mcp-client-2025-11-20',
}

describe('recorded requests', () => {
  it('are there', () => {
    expect(accepted).toHaveLength(35)
    expect(recordings).toHaveLength(36)
  })

  it.each(accepted)('pass when Anthropic accepted them: $name', async ({ recording }) => {
    const { query, request } = recording
    const answer = await httpCall(`${fake.baseUrl}/messages${query}`, { headers, body: request })

    expect(answer.status, answer.body).toBe(200)
  })

  it('are refused when Anthropic refused them, in the same words', async () => {
    const { request } =
      recordings.find(({ recording }) => recording.status === 400)?.recording ?? {}
    const answer = await httpCall(`${fake.baseUrl}/messages`, { headers, body: request })

    expect(answer.status).toBe(400)
    expect(answer.body).toContain("This model does not support effort level 'xhigh'.")
  })

  it('with signatures of Anthropic are refused where the fake can tell', async () => {
    await using strict = await startAnthropicFake({ withoutRules: ['known-model'] })
    const signed = accepted.filter(({ recording }) =>
      JSON.stringify(recording.request).includes('"signature"'),
    )
    expect(signed.length).toBeGreaterThan(2)
    for (const { recording } of signed) {
      const body = recording.request
      const answer = await httpCall(`${strict.baseUrl}/messages`, { headers, body })

      expect(answer.status).toBe(400)
      expect(answer.body).toContain('Invalid `signature` in `thinking` block')
    }
  })
})
