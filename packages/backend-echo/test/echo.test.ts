import { createGateway, type Gateway, type JsonObject } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { MemorySink } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import echo from '../src/index.ts'

const hello: JsonObject = {
  model: 'some-model',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello, world.' },
  ],
}

describe('the echo', () => {
  let gateway: Gateway
  beforeEach(async () => {
    gateway = await createGateway({
      config: { backends: [{ name: 'echo', plugin: echo, options: {} }] },
    })
  })
  afterEach(() => gateway.close({ graceMs: 0 }))

  async function ask(body: JsonObject = {}, session = 'mine'): Promise<MemorySink> {
    const sink = new MemorySink()
    await gateway.handle(
      {
        operation: 'chat',
        dialect: openaiChat,
        method: 'POST',
        path: '/v1/chat/completions',
        query: '',
        headers: { 'x-session-id': session },
        body: Buffer.from(JSON.stringify({ ...hello, ...body })),
        signal: new AbortController().signal,
      },
      sink,
    )
    return sink
  }

  async function textOf(body?: JsonObject, session?: string): Promise<string> {
    const { body: bytes } = await ask(body, session)
    const [part] = openaiChat.chat.decodeResponse(bytes).content
    return part?.type === 'text' ? part.text : ''
  }

  async function streamedTextOf(body: JsonObject = {}): Promise<string> {
    const { body: bytes } = await ask({ ...body, stream: true })
    const decoder = openaiChat.chat.streamDecoder('sse')
    const parts = [...decoder.push(bytes), ...decoder.end()]
    return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
  }

  it('says which model, session and parameters it received, and what was said', async () => {
    const text = await textOf({
      temperature: 0.5,
      max_tokens: 9,
      stop: ['x'],
      reasoning_effort: 'low',
    })

    expect(text).toContain('model: some-model')
    expect(text).toMatch(/^session: \S{10,}$/m)
    expect(text).toContain(
      'parameters: temperature=0.5 max_output_tokens=9 reasoning_effort=low stop=["x"]',
    )
    expect(text).toContain('messages: 1 system, 1 user')
    expect(text).toContain('tools: none')
    expect(text).toContain('you said: Hello, world.')
  })

  it('says how to reach a real model', async () => {
    expect(await textOf()).toContain('INTERNAI_API_KEY')
  })

  it('says that there are no parameters', async () => {
    expect(await textOf()).toContain('parameters: none\n')
  })

  it('gives the same answer to the same request', async () => {
    const first = await textOf()

    expect(await textOf()).toBe(first)
  })

  it('gives the same answer streamed and not', async () => {
    const body = { temperature: 1, messages: [{ role: 'user', content: 'Grüße 👩‍🚀 '.repeat(20) }] }

    expect(await streamedTextOf(body)).toBe(await textOf(body))
  })

  it('tells sessions apart', async () => {
    const session = (text: string): string | undefined => /^session: (.*)$/m.exec(text)?.[1]

    const [one, other] = [await textOf({}, 'one'), await textOf({}, 'other')]

    expect(session(one)).not.toBe(session(other))
  })

  it('does not repeat a session’s own id', async () => {
    expect(await textOf({}, 'a-secret-session')).not.toContain('a-secret-session')
  })

  it('names tools, and counts those that are too many to name', async () => {
    const tools = Array.from({ length: 25 }, (_, at) => ({
      type: 'function',
      function: { name: `tool_${at}` },
    }))

    const text = await textOf({ tools })

    expect(text).toContain('tools: tool_0, tool_1, ')
    expect(text).toContain('tool_19 and 5 more')
  })

  it('shortens what is long, never inside a character', async () => {
    const text = await textOf({
      messages: [{ role: 'user', content: `${'x'.repeat(499)}👩‍🚀 and more` }],
    })

    expect(text).toContain(`${'x'.repeat(499)}\u{fffd}…`)
    expect(text).not.toContain('and more')
  })

  it('names what is no text', async () => {
    const content = [
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ]

    expect(await textOf({ messages: [{ role: 'user', content }] })).toContain(
      'you said: Look: [image]',
    )
  })

  it('counts the same tokens on every machine', async () => {
    const { usage } = openaiChat.chat.decodeResponse((await ask()).body)

    expect(usage?.inputTokens).toBeGreaterThan(0)
    expect(usage?.outputTokens).toBe(Math.ceil((await textOf()).length / 4))
  })

  it('refuses to give several answers', async () => {
    const { status, text } = await ask({ n: 2 })

    expect(status).toBe(400)
    expect(text).toContain('one answer')
  })
})
