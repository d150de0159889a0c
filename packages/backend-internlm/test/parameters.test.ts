import type { JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { lastRequest, setUp } from './set-up.ts'

describe('parameters', () => {
  it('that the vendor documents are passed on', async () => {
    await using there = await setUp()

    const { status, headers } = await there.chat({
      temperature: 0.3,
      top_p: 0.8,
      max_tokens: 50,
      n: 1,
    })

    expect(status).toBe(200)
    expect(lastRequest(there)).toMatchObject({ temperature: 0.3, top_p: 0.8, max_tokens: 50 })
    expect(headers['x-jackfield-dropped']).toBeUndefined()
  })

  it('are called as the vendor calls them', async () => {
    await using there = await setUp()

    await there.chat({ max_completion_tokens: 7 })

    expect(lastRequest(there)).toMatchObject({ max_tokens: 7 })
    expect(lastRequest(there)).not.toHaveProperty('max_completion_tokens')
  })

  it.each<readonly [string, JsonObject]>([
    ['presence_penalty', { presence_penalty: 0.5 }],
    ['frequency_penalty', { frequency_penalty: 0.5 }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['seed', { seed: 4 }],
    ['stop', { stop: ['x'] }],
    ['logprobs', { logprobs: true }],
    ['user', { user: 'u' }],
    ['x_unknown', { x_unknown: 1 }],
  ])('that it does not know are left out and named: %s', async (name, parameters) => {
    await using there = await setUp()

    const { status, headers } = await there.chat(parameters)

    expect(status).toBe(200)
    expect(lastRequest(there)).not.toHaveProperty(name)
    expect(String(headers['x-jackfield-dropped']).split(', ')).toContain(name)
  })

  it('about streams are left out without a word, because the gateway streams itself', async () => {
    await using there = await setUp()

    const { headers } = await there.chat({ stream: true, stream_options: { include_usage: true } })

    expect(lastRequest(there)).not.toHaveProperty('stream_options')
    expect(headers['x-jackfield-dropped']).toBeUndefined()
  })

  it('with several texts in a message are sent as one text', async () => {
    await using there = await setUp()
    const content = [
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ]

    await there.chat({
      messages: [
        { role: 'developer', content },
        { role: 'user', content },
      ],
    })

    const [instructions] = lastRequest(there)['messages'] as readonly JsonObject[]
    expect(instructions).toMatchObject({
      role: 'system',
      content: expect.stringMatching(/One\.\s*Two\./),
    })
  })

  it('that ask for several answers are refused in words', async () => {
    await using there = await setUp()

    const { status, text } = await there.chat({ n: 2 })

    expect(status).toBe(400)
    expect(text).toContain('n')
    expect(there.fake.server.requests).toEqual([])
  })
})
