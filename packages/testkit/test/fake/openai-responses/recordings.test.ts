import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ResponsesRuleId } from '../../../src/fake/openai-responses/check-request.ts'
import { createStateSeal } from '../../../src/fake/openai-responses/state-seal.ts'
import { startOpenAIResponsesFake } from '../../../src/fake/openai-responses.ts'
import { httpCall } from '../../http-call.ts'

type Json = Record<string, unknown>

interface Recording {
  readonly name: string
  readonly status: number
  readonly request: Json & { readonly model: string }
  readonly responseBody: string
}

const folder = new URL('../../fixtures/openai-responses/', import.meta.url)
const recordings = readdirSync(folder).map((file): Recording => {
  const recording = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  return { ...recording, name: file.replace('.json', '') }
})
const accepted = recordings.filter(({ status }) => status === 200)
const refused = recordings.filter(({ status }) => status !== 200)

/** What other providers of this protocol accept and OpenAI does not. */
const exceptions: Readonly<Record<string, readonly ResponsesRuleId[]>> = {
  // DeepSeek takes back plain reasoning, under ids of any form.
  'deepseek-json-thinking-014098': ['reasoning-needs-its-state', 'item-id'],
  'deepseek-stream-d074fd': ['reasoning-needs-its-state', 'item-id'],
  // OpenRouter has fields of its own.
  'openrouter-json-159f00': ['parameters'],
}

const secret = 'recorded'
const { seal } = createStateSeal(secret, 'provider')

/** State that another provider encrypted, as this fake would have: nobody else can open the recorded one. */
function resealed(request: Json): Json {
  const { input } = request
  if (!Array.isArray(input)) return request
  const items = input.map((item: Json, index) => {
    if (typeof item['encrypted_content'] !== 'string') return item
    const { type, call_id } = input[index + 1] as { type: string; call_id?: string }
    const called = type === 'function_call' && call_id !== undefined && { callId: call_id }
    const next = { type, ...called }
    return { ...item, encrypted_content: seal({ id: String(item['id']), next }) }
  })
  return { ...request, input: items }
}

async function ask(
  { request }: Recording,
  withoutRules: readonly ResponsesRuleId[],
  models: readonly string[] = [request.model],
) {
  await using fake = await startOpenAIResponsesFake({ withoutRules, models, secret })
  const headers = { authorization: 'Bearer sk-fake' }
  return await httpCall(`${fake.baseUrl}/responses`, { body: resealed(request), headers })
}

describe('recorded requests', () => {
  it('are those of the reference', () => {
    expect(accepted).toHaveLength(34)
    expect(refused).toHaveLength(2)
  })

  it.each(accepted)('passes $name, which the provider accepted', async (recording) => {
    const answer = await ask(recording, exceptions[recording.name] ?? [])

    expect(answer.status, answer.body).toBe(200)
  })

  it.each(accepted.filter(({ name }) => name in exceptions))(
    'needs every exception of $name',
    async (recording) => {
      const rules = exceptions[recording.name] ?? []
      for (const rule of rules) {
        const answer = await ask(
          recording,
          rules.filter((other) => other !== rule),
        )

        expect(answer.status, rule).toBe(400)
      }
    },
  )

  it.each(refused)('refuses $name, and names the same field', async (recording) => {
    const models = recording.responseBody.includes('model_not_found') ? ['other'] : undefined

    const answer = await ask(recording, [], models)

    const { error } = JSON.parse(recording.responseBody) as { error: { param: string } }
    expect(answer.status).toBe(recording.status)
    expect(answer.json()).toMatchObject({ error: { param: error.param } })
  })
})
