import { type ChatResponse, Collector, type Dialect } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { callsOf, reasoningOf, textOf } from '../../src/contract/reading.ts'
import { anthropicProvider } from '../../src/contract/wire/anthropic-provider.ts'
import { geminiProvider } from '../../src/contract/wire/gemini-provider.ts'
import { openAIProvider } from '../../src/contract/wire/openai-provider.ts'
import { oddText } from '../../src/contract/wire/provider-wire.ts'
import type { ChatAnswer } from '../../src/fake/openai/chat-answer.ts'

const answer: ChatAnswer = {
  reasoning: ['First ', 'this.'],
  text: ['Grüße, ', '世界!'],
  toolCalls: [
    { id: 'call_a', name: 'get_weather', arguments: ['{"ci', 'ty":"Oslo"}'] },
    { id: 'call_b', name: 'get_time', arguments: '{"city":"Oslo"}' },
  ],
  usage: { promptTokens: 120, completionTokens: 45, cachedTokens: 64, reasoningTokens: 20 },
}

function read(dialect: Dialect, bytes: Uint8Array): ChatResponse | undefined {
  const decoder = dialect.chat.streamDecoder('sse')
  const collector = new Collector()
  collector.push([...decoder.push(bytes), ...decoder.end()])
  return collector.response
}

function violationsIn(dialect: Dialect, bytes: Uint8Array): readonly string[] {
  const validator = dialect.streamValidator('sse')
  validator.push(bytes)
  validator.end()
  return validator.violations
}

const wires = [openAIProvider, anthropicProvider, geminiProvider]

describe.each(wires.map((wire) => [wire.dialect, wire] as const))('the wire of %s', (_, wire) => {
  const { dialect } = wire.client
  const stream = Buffer.from(wire.frames(answer).join(''))
  const body = Buffer.from(wire.body(answer))
  const said = {
    text: 'Grüße, 世界!',
    reasoning: 'First this.',
    calls: [
      { id: 'call_a', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { id: 'call_b', name: 'get_time', arguments: '{"city":"Oslo"}' },
    ],
    usage: { inputTokens: 120, outputTokens: 45, cachedInputTokens: 64, reasoningTokens: 20 },
  }
  const sayings = (response: ChatResponse | undefined) =>
    response && {
      text: textOf(response),
      reasoning: reasoningOf(response),
      calls: callsOf(response),
      usage: response.usage,
    }

  it('is that of its client', () => {
    expect(wire.dialect).toBe(dialect.name)
    expect(wire.foreign.dialect.name).not.toBe(dialect.name)
  })

  it('spells answers legally, streamed and whole', () => {
    expect(violationsIn(dialect, stream)).toEqual([])
    expect(dialect.validateResponse(body)).toEqual([])
  })

  it('says what the model says, streamed and whole', () => {
    expect(sayings(read(dialect, stream))).toMatchObject(said)
    expect(sayings(dialect.chat.decodeResponse(body))).toMatchObject(said)
  })

  it.each(wire.spellings(answer).map((spelling) => [spelling.id, spelling.bytes] as const))(
    'says the same however it is spelled: %s',
    (_id, bytes) => {
      expect(Buffer.from(bytes).equals(stream)).toBe(false)
      expect(sayings(read(dialect, bytes))).toEqual(sayings(read(dialect, stream)))
    },
  )

  it.each(wire.oddities.map((oddity) => [oddity.id, oddity] as const))(
    'differs from the plain answer by an oddity: %s',
    (_id, oddity) => {
      const plain = {
        text: oddText.split(/(?<=is )/),
        usage: { promptTokens: 7, completionTokens: 5 },
      }
      const response = oddity.frames && read(dialect, Buffer.from(oddity.frames.join('')))

      expect(oddity.frames?.join('')).not.toBe(wire.frames(plain).join(''))
      expect(oddity.body).not.toBe(wire.body(plain))
      if (response !== undefined) expect(textOf(response)).toBe(oddText)
    },
  )

  it('opens a stream without anything meaningful, and goes on with text', () => {
    const tap = dialect.tap('sse')
    tap.push(Buffer.from(wire.opening))
    const before = tap.meaningful
    tap.push(Buffer.from(wire.delta('Begun')))

    const decoder = dialect.chat.streamDecoder('sse')
    const parts = decoder.push(Buffer.from(wire.opening + wire.delta('Begun')))

    expect([before, tap.meaningful]).toEqual([false, true])
    expect(parts.at(-1)).toMatchObject({ type: 'text-delta', text: 'Begun' })
  })

  it('tells errors as answers and as events', () => {
    const refused = dialect.decodeError({
      status: 400,
      headers: {},
      body: Buffer.from(wire.errorBody('Too bad.')),
    })
    const decoder = dialect.chat.streamDecoder('sse')
    const parts = decoder.push(Buffer.from(wire.errorEvent('Too bad.')))

    expect(refused.message).toContain('Too bad.')
    expect(parts.at(-1)).toMatchObject({ type: 'error' })
  })
})
