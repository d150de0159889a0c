import type { JsonObject } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { describe, expect, it } from 'vitest'
import { lastRequest, type SetUp, setUp } from './set-up.ts'

interface Chunk {
  readonly choices: readonly {
    readonly delta: JsonObject
    readonly finish_reason: string | null
  }[]
  readonly usage?: JsonObject
}

interface Streamed {
  readonly chunks: readonly Chunk[]
  readonly deltas: readonly JsonObject[]
  readonly text: string
}

/** A streamed call whose stream is legal to the letter. */
async function stream({ chat }: SetUp, body: JsonObject = {}): Promise<Streamed> {
  const { text } = await chat({ stream: true, ...body })
  const validator = openaiChat.streamValidator('sse')
  validator.push(Buffer.from(text))
  validator.end()
  expect(validator.violations).toEqual([])
  const events = text.split('\n\n').filter((event) => event.startsWith('data: {'))
  const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)) as Chunk)
  return {
    text,
    chunks,
    deltas: chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta)),
  }
}

const long = Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ')
const weather: JsonObject = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
}
const time: JsonObject = {
  type: 'function',
  function: { name: 'time', parameters: { type: 'object', properties: {} } },
}

describe('a streaming client', () => {
  it('is served by a provider that is never asked to stream', async () => {
    await using there = await setUp()

    await stream(there)
    await there.chat()

    expect(lastRequest(there)['stream']).toBe(false)
    for (const request of there.fake.server.requests)
      expect(request.json()).toMatchObject({ stream: false })
  })

  it('gets role, text in several deltas, finish and [DONE]', async () => {
    await using there = await setUp({ fake: { answer: () => ({ text: long }) } })

    const { deltas, chunks, text } = await stream(there)

    expect(deltas[0]).toMatchObject({ role: 'assistant' })
    const pieces = deltas.map(({ content }) => content).filter((piece) => piece)
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe(long)
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop'])
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('gets tool calls with their index', async () => {
    await using there = await setUp()

    const { deltas, chunks } = await stream(there, {
      messages: [{ role: 'user', content: 'Use weather and time.' }],
      tools: [weather, time],
    })

    const calls = deltas.flatMap(({ tool_calls: calls }) => (Array.isArray(calls) ? calls : []))
    expect(calls.filter((call) => 'id' in Object(call))).toMatchObject([
      { index: 0, type: 'function', function: { name: 'weather' } },
      { index: 1, type: 'function', function: { name: 'time' } },
    ])
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
  })

  it.each(['reasoning_content', 'think-tags'] as const)(
    'gets reasoning as reasoning_content, where the provider writes %s',
    async (reasoning) => {
      await using there = await setUp({ fake: { reasoning } })

      const { deltas, text } = await stream(there)

      const thoughts = deltas.map(({ reasoning_content: thought }) => thought ?? '')
      expect(thoughts.join('')).toBe('The user wants an answer.')
      expect(deltas.map(({ content }) => content ?? '').join('')).toBe('You said: Hello.')
      expect(text).not.toContain('think>')
    },
  )

  it('is told the usage only if it asks', async () => {
    await using there = await setUp()

    const unasked = await stream(there)
    const asked = await stream(there, { stream_options: { include_usage: true } })

    expect(unasked.text).not.toContain('usage')
    expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } })
  })

  it('is kept alive while the provider thinks', async () => {
    await using there = await setUp({
      fake: { play: (steps) => [{ do: 'gate', name: 'thinking' }, ...steps] },
    })
    const { sink, done } = there.start({ stream: true })
    await there.fake.server.gate('thinking').arrived()
    expect(sink.state).toBe('waiting')

    there.clock.skip(15_000)
    there.clock.skip(15_000)

    expect(sink.status).toBe(200)
    expect(sink.text).toBe(': keep-alive\n\n: keep-alive\n\n')
    there.fake.server.gate('thinking').open()
    await done
    expect(sink.text).toContain('You said:')
    expect(sink.text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it.each([true, false])('that leaves ends the provider’s call (stream: %s)', async (asked) => {
    await using there = await setUp({ fake: { play: () => [{ do: 'hang' }] } })
    const { done, leave } = there.start({ stream: asked })
    const request = await there.fake.server.waitForRequest(1)

    const left = performance.now()
    leave()

    expect((await there.fake.server.waitForAbort(request)) - left).toBeLessThan(100)
    await done
  })
})

describe('a client that does not stream', () => {
  it.each(['reasoning_content', 'think-tags'] as const)(
    'gets reasoning as reasoning_content, where the provider writes %s',
    async (reasoning) => {
      await using there = await setUp({ fake: { reasoning } })

      const { json } = await there.chat()

      expect(json).toMatchObject({
        choices: [
          {
            message: {
              content: 'You said: Hello.',
              reasoning_content: 'The user wants an answer.',
            },
          },
        ],
      })
    },
  )

  it('gets an id and a time where the provider gives none', async () => {
    await using there = await setUp()
    const message = { role: 'assistant', content: 'Hi.' }
    there.fake.server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'application/json' } },
      { do: 'write', bytes: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) },
      { do: 'end' },
    ])

    const { json } = await there.chat()

    expect(json).toMatchObject({ id: expect.stringMatching(/./), created: expect.any(Number) })
  })
})
