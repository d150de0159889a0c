import { describe, expect, it } from 'vitest'
import { type InternLMFakeOptions, startInternLMFake } from '../../src/fake/internlm.ts'
import type { OpenAIChatFake } from '../../src/fake/openai-chat.ts'
import { type HttpAnswer, httpCall } from '../http-call.ts'

const good = {
  model: 'intern-s1',
  messages: [{ role: 'user', content: 'hi' }],
  stream: false,
  n: 1,
  temperature: 1,
  top_p: 1,
  max_tokens: 9,
  thinking_mode: true,
}

async function withFake<Value>(
  options: InternLMFakeOptions,
  use: (fake: OpenAIChatFake) => Promise<Value>,
): Promise<Value> {
  await using fake = await startInternLMFake({ keys: { key: 'ok' }, ...options })
  return await use(fake)
}

function post(fake: OpenAIChatFake, body: unknown, key = 'key'): Promise<HttpAnswer> {
  const headers = { authorization: `Bearer ${key}` }
  return httpCall(`${fake.baseUrl}/chat/completions`, { body, headers })
}

const ask = (body: unknown, options: InternLMFakeOptions = {}): Promise<HttpAnswer> =>
  withFake(options, (fake) => post(fake, body))

describe('the InternLM fake', () => {
  it('answers below /api/v1, with reasoning when thinking is on', async () => {
    const thinking = await ask(good)
    const plain = await ask({ ...good, thinking_mode: false })

    expect(thinking.json()).toMatchObject({
      choices: [
        {
          message: {
            content: 'You said: hi',
            reasoning_content: 'The user wants an answer.',
          },
        },
      ],
    })
    expect(plain.body).not.toContain('reasoning')
  })

  it('can think in the content', async () => {
    const answer = await ask(good, { reasoning: 'think-tags' })

    expect(answer.json()).toMatchObject({
      choices: [
        { message: { content: '<think>The user wants an answer.</think>\n\nYou said: hi' } },
      ],
    })
  })

  it.each([
    ['a stream', { stream: true }],
    ['no thinking mode', { thinking_mode: undefined }],
    ['a thinking mode that is no boolean', { thinking_mode: 'on' }],
    ['stream options', { stream_options: { include_usage: true } }],
    ['a response format', { response_format: { type: 'text' } }],
    ['a reasoning effort', { reasoning_effort: 'high' }],
    ['penalties', { presence_penalty: 1 }],
    ['max_completion_tokens', { max_completion_tokens: 5 }],
    ['tool_choice', { tool_choice: 'auto' }],
  ])('refuses %s', async (_, change) => {
    const answer = await ask({ ...good, ...change })

    expect(answer.status).toBe(400)
    expect(answer.json()).toEqual({ msgCode: '400', msg: expect.any(String) })
  })

  it('does not know its models by their public prefix', async () => {
    const answer = await ask({ ...good, model: 'internlm/intern-s1' })

    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({ msg: expect.stringContaining('internlm/intern-s1') })
  })

  it('spells errors in the other ways too', async () => {
    const text = await ask({}, { errorShape: 'error-text' })
    const nested = await ask({}, { errorShape: 'openai' })

    expect(text.json()).toEqual({ error: expect.any(String) })
    expect(nested.json()).toEqual({ error: expect.objectContaining({ param: 'model' }) })
  })

  it('lists both families, aliases with what they stand for', async () => {
    const answer = await withFake({}, (fake) =>
      httpCall(`${fake.baseUrl}/models`, { headers: { authorization: 'Bearer key' } }),
    )

    const models = (answer.json() as { data: { id: string; ref_model?: string }[] }).data
    expect(models.map((model) => model.id)).toContain('internlm2.5-latest')
    expect(models.find((model) => model.id === 'intern-latest')?.ref_model).toBe('intern-s1-pro')
  })

  it('rotates nothing itself: each key gets what was said of it', async () => {
    const keys = { a: 'ok', b: { status: 429, retryAfter: 7 } } as const

    await withFake({ keys }, async (fake) => {
      const limited = await post(fake, good, 'b')
      const served = await post(fake, good, 'a')

      expect(limited.status).toBe(429)
      expect(limited.headers['retry-after']).toBe('7')
      expect(served.status).toBe(200)
      expect(fake.keysUsed()).toEqual(['b', 'a'])
    })
  })
})
