import { Collector } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { gemini } from '../../src/index.ts'
import {
  bytes,
  context,
  decode,
  joined,
  json,
  parsed,
  textOfParts,
  violationsOf,
} from '../support/bytes.ts'
import { answers, recording, recordings, streams } from '../support/recordings.ts'
import { decodeWire, headOf } from '../support/requests.ts'

/** Every place in small streams, a spread of places in large ones. */
function places(length: number): number[] {
  const step = Math.max(1, Math.floor(length / 300))
  return Array.from({ length: Math.floor(length / step) }, (_, index) => index * step)
}

/** The chunks of a stream, as the array that the same stream is without `alt=sse`. */
function asArray(responseBody: string): string {
  const chunks = responseBody.split('\r\n\r\n').filter((text) => text.startsWith('data: '))
  return `[${chunks.map((text) => text.slice('data: '.length)).join('\n,\r\n')}\n]`
}

describe('recorded requests', () => {
  it.each(recordings)('$file is accepted', ({ request }) => {
    expect(headOf(request)).toMatchObject({ model: 'gemini-3-pro', stream: false })
  })

  it.each(recordings)('$file means the same after another way round', ({ request }) => {
    const once = gemini.chat.encodeRequest(decodeWire(request))
    const twice = gemini.chat.encodeRequest(decodeWire(once.body))

    expect(once.dropped).toEqual([])
    expect(twice.body).toEqual(once.body)
  })

  it.each(recordings)('$file keeps its signatures on their parts', ({ request }) => {
    const { body } = gemini.chat.encodeRequest(decodeWire(request))
    const signaturesOf = (wire: unknown) =>
      gemini.states?.find(json(wire)).filter(({ kind }) => kind !== 'call')

    expect(signaturesOf(body)).toEqual(signaturesOf(request))
  })
})

describe('recorded streams', () => {
  it('are there', () => {
    expect(streams.length).toBeGreaterThanOrEqual(10)
  })

  it.each(streams)('$file gives a whole answer', ({ responseBody }) => {
    const parts = decode(responseBody)

    expect(parts[0]?.type).toBe('start')
    expect(parts.at(-1)?.type).toBe('finish')
    expect(problemsOf(parts)).toEqual([])
    expect(parts.some(({ type }) => type === 'usage')).toBe(true)
  })

  it.each(streams)('$file gives the same wherever it is cut', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const expected = joined(decode(whole))

    for (const place of places(whole.length)) {
      expect(joined(decode(whole, { cuts: [place] }))).toEqual(expected)
    }
  })

  it.each(streams)('$file gives the same byte by byte', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1)

    expect(joined(decode(whole, { cuts }))).toEqual(joined(decode(whole)))
  })

  it.each(streams)('$file gives the same as an array, wherever that is cut', ({ responseBody }) => {
    const whole = Buffer.from(asArray(responseBody))
    const expected = joined(decode(responseBody))

    expect(joined(decode(whole, { framing: 'json-array' }))).toEqual(expected)
    for (const place of places(whole.length)) {
      const parts = decode(whole, { framing: 'json-array', cuts: [place] })
      expect(joined(parts)).toEqual(expected)
    }
  })

  it.each(streams)('$file is legal, in both framings', ({ responseBody }) => {
    expect(violationsOf(responseBody)).toEqual([])
    expect(violationsOf(asArray(responseBody), 'json-array')).toEqual([])
  })

  it.each(streams)('$file becomes a legal stream for clients', ({ responseBody }) => {
    const parts = decode(responseBody)
    for (const framing of ['sse', 'json-array'] as const) {
      const encoder = gemini.chat.streamEncoder({ ...context, framing })

      expect(violationsOf(encoder.push(parts), framing)).toEqual([])
    }
  })

  it.each(streams)('$file says the same once it was encoded', ({ responseBody }) => {
    const parts = decode(responseBody)
    const out = gemini.chat.streamEncoder(context).push(parts)

    expect(collected(decode(out))).toEqual(collected(parts))
  })

  it.each(streams)('$file loses nothing where every part is a chunk', ({ responseBody }) => {
    const parts = decode(responseBody)
    const encoder = gemini.chat.streamEncoder(context)
    const out = Buffer.concat(parts.map((part) => encoder.push([part])))
    const again = decode(out)

    expect(violationsOf(out)).toEqual([])
    expect(textOfParts(again, 'text')).toBe(textOfParts(parts, 'text'))
    expect(textOfParts(again, 'reasoning')).toBe(textOfParts(parts, 'reasoning'))
    expect(gemini.states?.find(out)).toEqual(gemini.states?.find(bytes(responseBody)))
  })

  it.each(streams)('$file is watched to its end', ({ responseBody }) => {
    const tap = gemini.tap('sse')
    const out = Buffer.concat([tap.push(Buffer.from(responseBody)), tap.end()])
    const { usage, finish } = collected(decode(responseBody))

    expect(out.toString()).toBe(responseBody)
    expect(tap.report()).toMatchObject({ complete: true, finish, usage })
  })

  it.each(streams)('$file is watched as an array', ({ responseBody }) => {
    const whole = asArray(responseBody)
    const tap = gemini.tap('json-array')
    const out = [...Buffer.from(whole)].map((byte) => tap.push(Uint8Array.of(byte)))
    const { usage, finish } = collected(decode(responseBody))

    expect(Buffer.concat([...out, tap.end()]).toString()).toBe(whole)
    expect(tap.report()).toMatchObject({ complete: true, finish, usage })
  })
})

/** The answer of a stream, where what the parts of a stream cannot carry is left aside. */
function collected(parts: ReturnType<typeof decode>) {
  const collector = new Collector()
  collector.push(parts)
  const { extensions: _, ...response } = collector.response ?? { content: [], finish: undefined }
  return { usage: undefined, ...response }
}

describe('recorded answers', () => {
  it.each(answers)('$file is decoded and encoded without loss', ({ responseBody }) => {
    const answer = gemini.chat.decodeResponse(bytes(responseBody))
    const again = gemini.chat.decodeResponse(gemini.chat.encodeResponse(answer, context))

    expect(again).toEqual(answer)
  })

  it.each(answers)('$file says the same as a stream of one chunk', ({ responseBody }) => {
    const { extensions: _, ...answer } = gemini.chat.decodeResponse(bytes(responseBody))
    const chunk = JSON.stringify(JSON.parse(responseBody))

    expect(collected(decode(`data: ${chunk}\n\n`))).toEqual({ usage: undefined, ...answer })
  })

  it.each(answers)('$file keeps every part as the provider wrote it', ({ responseBody }) => {
    const answer = gemini.chat.decodeResponse(bytes(responseBody))
    const sent = parsed(gemini.chat.encodeResponse(answer, context))
    const parts = partsOf(JSON.parse(responseBody))

    expect(withoutIds(partsOf(sent))).toEqual(withoutIds(withPlaceholder(parts)))
  })

  it.each(answers)('$file is legal, and becomes a legal answer', ({ responseBody }) => {
    const answer = gemini.chat.decodeResponse(bytes(responseBody))

    expect(gemini.validateResponse(bytes(responseBody))).toEqual([])
    expect(gemini.validateResponse(gemini.chat.encodeResponse(answer, context))).toEqual([])
  })

  it.each(answers)('$file is watched', ({ responseBody }) => {
    const answer = gemini.chat.decodeResponse(bytes(responseBody))
    const tap = gemini.tap('json')
    tap.push(bytes(responseBody))
    tap.end()

    expect(tap.report()).toMatchObject({ complete: true, finish: answer.finish })
    expect(tap.report().usage).toEqual(answer.usage)
    expect(tap.meaningful).toBe(true)
  })
})

const partsOf = (answer: { candidates?: { content?: { parts?: unknown[] } }[] }) =>
  answer.candidates?.[0]?.content?.parts ?? []

/** Some models sign nothing; clients get their first call as newer ones want it back. */
const withPlaceholder = (parts: readonly unknown[]) => {
  const first = parts.findIndex((part) => 'functionCall' in Object(part))
  return parts.map((part, index) =>
    index === first
      ? { thoughtSignature: 'skip_thought_signature_validator', ...Object(part) }
      : part,
  )
}

/** Ids that we made up, as most recorded calls have none; and texts that stand side by side, which become one. */
const withoutIds = (parts: readonly unknown[]) =>
  JSON.parse(JSON.stringify(parts), (key, value) =>
    key === 'functionCall' ? { name: value.name, args: value.args ?? {} } : value,
  )

describe('particular recordings', () => {
  it('keeps the signature of an empty text behind the text', () => {
    const parts = decode(recording('google-builtin-stream-thinking-2cb82c').responseBody)
    const { content } = collected(parts)

    expect(content.map(({ type }) => type)).toEqual(['provider', 'provider', 'text', 'text'])
    expect(content.at(-1)).toMatchObject({
      text: '',
      state: [{ kind: 'thought-signature', data: expect.stringMatching(/^EsUBCsIB/) }],
    })
    expect(textOfParts(parts, 'text')).toMatch(/^The capital of France is \*\*Paris\*\*\./)
  })

  it('shows which words of a streamed answer a page supports', () => {
    const parts = decode(recording('google-builtin-stream-104173').responseBody)
    const source = parts.find((part) => part.type === 'source')

    expect(source).toMatchObject({
      citation: {
        url: 'https://ai.pydantic.dev',
        title: 'Pydantic AI',
        quote: 'Pydantic AI Gateway is now available!',
        start: 0,
        end: 37,
      },
    })
  })

  it('counts bytes of characters of every width where the provider does', () => {
    const { responseBody } = recording('google-builtin-json-476e09')
    const [part] = gemini.chat.decodeResponse(bytes(responseBody)).content
    const citation = part?.type === 'text' ? part.citations?.[0] : undefined
    const text = part?.type === 'text' ? part.text : ''

    expect(text.slice(citation?.start, citation?.end)).toBe(citation?.quote)
  })

  it('takes a refused prompt for an answer of the filter', () => {
    const answer = gemini.chat.decodeResponse(
      bytes(recording('google-vertex-json-0a7c75').responseBody),
    )

    expect(answer).toMatchObject({
      content: [],
      finish: { reason: 'content-filter', raw: 'MODEL_ARMOR' },
      extensions: { gemini: { promptFeedback: { blockReason: 'MODEL_ARMOR' } } },
    })
  })
})
