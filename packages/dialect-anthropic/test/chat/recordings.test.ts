import { type ChatResponse, responseParts } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { anthropicMessages } from '../../src/index.ts'
import {
  accumulated,
  collected,
  context,
  decode,
  encode,
  joined,
  textOf,
  violationsOf,
} from '../support/bytes.ts'
import { answers, failures, recording, recordings, streams } from '../support/recordings.ts'
import { decodeWire, headOf } from '../support/requests.ts'

/** A spread of places, every one of them in small streams. */
function places(length: number): number[] {
  const step = Math.max(1, Math.floor(length / (length < 6000 ? length : 200)))
  return Array.from({ length: Math.floor(length / step) }, (_, index) => index * step)
}

describe('recorded requests', () => {
  it.each(recordings)('$file is accepted', ({ request }) => {
    expect(headOf(request).model).toBe(request['model'])
  })

  it.each(recordings)('$file means the same after another way round', ({ request }) => {
    const once = anthropicMessages.chat.encodeRequest(decodeWire(request))
    const twice = anthropicMessages.chat.encodeRequest(decodeWire(once.body))

    expect(once.dropped).toEqual([])
    expect(twice.body).toEqual(once.body)
  })

  it.each(recordings)('$file keeps its conversation', ({ request }) => {
    const { body } = anthropicMessages.chat.encodeRequest(decodeWire(request))

    expect(plain(body['messages'])).toEqual(plain(merged(request['messages'])))
    expect(body['tools']).toEqual(withoutNulls(request['tools']))
  })
})

/** A conversation with every content as blocks, and without what is the same as saying nothing. */
function plain(messages: unknown): unknown {
  const list = messages as readonly { role: string; content: unknown }[]
  return list.map(({ role, content }) => ({ role, content: blocks(content) }))
}

function blocks(content: unknown): unknown {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return content
  return content.map((block) => ({
    ...block,
    ...(block.type === 'tool_result' ? { content: blocks(block.content) } : {}),
  }))
}

/** Neighbours of one role as one, which providers do as well. */
function merged(messages: unknown): unknown {
  const list = messages as readonly { role: string; content: unknown[] }[]
  const result: { role: string; content: unknown[] }[] = []
  for (const { role, content } of list) {
    const last = result.at(-1)
    if (last?.role === role) last.content.push(...content)
    else result.push({ role, content: [...content] })
  }
  return result
}

function withoutNulls(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

describe('recorded streams', () => {
  it('are there', () => {
    expect(streams.length).toBeGreaterThanOrEqual(8)
  })

  it.each(streams)('$file is legal', ({ responseBody }) => {
    expect(violationsOf(responseBody)).toEqual([])
  })

  it.each(streams)('$file gives a whole answer', ({ responseBody }) => {
    const parts = decode(responseBody)

    expect(problemsOf(parts)).toEqual([])
    expect(parts[0]?.type).toBe('start')
    expect(parts.at(-1)?.type).toBe('finish')
  })

  it.each(streams)('$file gives the same wherever it is cut', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const expected = decode(whole)

    for (const place of places(whole.length)) {
      expect(decode(whole, { cuts: [place] })).toEqual(expected)
    }
  })

  it.each(streams)('$file gives the same byte by byte', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1)

    expect(decode(whole, { cuts })).toEqual(decode(whole))
  })

  it.each(streams)('$file is the answer that it accumulates to', ({ responseBody }) => {
    const whole = accumulated(responseBody)
    const answer = anthropicMessages.chat.decodeResponse(Buffer.from(JSON.stringify(whole)))

    expect(same(collected(decode(responseBody)))).toEqual(same(answer))
  })

  it.each(streams)('$file becomes a legal stream for clients', ({ responseBody }) => {
    expect(violationsOf(encode(decode(responseBody)))).toEqual([])
  })

  it.each(streams)('$file says the same once it was encoded', ({ responseBody }) => {
    const parts = decode(responseBody)
    const again = decode(encode(parts))
    const said = (list: typeof parts) => joined(list).filter(({ type }) => type !== 'usage')

    expect(said(again)).toEqual(said(parts))
    expect(collected(again).usage).toEqual(collected(parts).usage)
  })

  it.each(streams)('$file shows clients what the provider showed', ({ responseBody }) => {
    const shown = accumulated(encode(decode(responseBody)))
    const told = accumulated(responseBody)

    expect(shown['content']).toEqual(withoutEmptyCitations(told['content']))
    expect(shown).toMatchObject({ id: told['id'], model: told['model'] })
    expect(shown['usage']).toMatchObject(told['usage'] as object)
  })

  it.each(streams)('$file is watched without a change', ({ responseBody }) => {
    const tap = anthropicMessages.tap('sse')
    const out = Buffer.concat([tap.push(Buffer.from(responseBody)), tap.end()])
    const answer = collected(decode(responseBody))

    expect(out.toString()).toBe(responseBody)
    expect(tap.report()).toMatchObject({
      complete: true,
      responseId: answer.id,
      model: answer.model,
      usage: answer.usage,
      finish: { reason: answer.finish.reason, raw: answer.finish.raw },
    })
  })
})

/** Citations begin as an empty list in some blocks that get none. */
function withoutEmptyCitations(content: unknown): unknown {
  return (content as Record<string, unknown>[]).map((block) => {
    const { citations, ...rest } = block
    return Array.isArray(citations) && citations.length === 0 ? rest : block
  })
}

/** An answer whose arguments are compared by what they say and not by their spaces. */
function same(answer: ChatResponse): unknown {
  const content = answer.content.map((part) =>
    part.type === 'tool-call' ? { ...part, arguments: JSON.parse(part.arguments) } : part,
  )
  return { ...answer, content }
}

describe('recorded answers', () => {
  it.each(answers)('$file is legal', ({ responseBody }) => {
    expect(anthropicMessages.validateResponse(Buffer.from(responseBody))).toEqual([])
  })

  it.each(answers)('$file is decoded and encoded without loss', ({ responseBody }) => {
    const answer = anthropicMessages.chat.decodeResponse(Buffer.from(responseBody))
    const again = JSON.parse(textOf(anthropicMessages.chat.encodeResponse(answer, context)))
    const wire = JSON.parse(responseBody)

    expect(again).toMatchObject(
      JSON.parse(JSON.stringify({ ...wire, container: wire.container ?? undefined })),
    )
    expect(again.content).toEqual(wire.content)
  })

  it.each(answers)('$file streamed is the same answer', ({ responseBody }) => {
    const answer = anthropicMessages.chat.decodeResponse(Buffer.from(responseBody))
    const whole = JSON.parse(textOf(anthropicMessages.chat.encodeResponse(answer, context)))
    const stream = encode([...responseParts(answer)])

    expect(violationsOf(stream)).toEqual([])
    expect(accumulated(stream)).toEqual(whole)
  })

  it.each(answers)('$file is watched', ({ responseBody }) => {
    const answer = anthropicMessages.chat.decodeResponse(Buffer.from(responseBody))
    const tap = anthropicMessages.tap('json')
    tap.push(Buffer.from(responseBody))
    tap.end()

    expect(tap.report()).toMatchObject({
      complete: true,
      finish: { reason: answer.finish.reason },
      usage: answer.usage,
    })
    expect(tap.meaningful).toBe(true)
  })
})

describe('recorded errors', () => {
  it.each(failures)('$file is the caller’s fault', ({ status, responseBody }) => {
    const body = Buffer.from(responseBody)
    const error = anthropicMessages.decodeError({ status, headers: {}, body })

    expect(error.code).toBe('invalid_request')
    expect(error.message).toContain('does not support effort level')
    expect(anthropicMessages.validateResponse(body)).toEqual([])
  })
})

describe('particular recordings', () => {
  it('keep redacted thinking as state without words', () => {
    const { content } = collected(decode(recording('anthropic-stream-thinking').responseBody))

    expect(content.slice(0, 2)).toMatchObject([
      { type: 'reasoning', text: '', state: [{ kind: 'redacted-thinking' }] },
      { type: 'reasoning', text: '', state: [{ kind: 'redacted-thinking' }] },
    ])
  })

  it('keep what server tools did, with the arguments that came in pieces', () => {
    const { content } = collected(decode(recording('anthropic-builtin-stream-105648').responseBody))
    const [call] = content.filter((part) => part.type === 'provider')

    expect(call?.value).toMatchObject({
      type: 'server_tool_use',
      name: 'web_search',
      input: { query: expect.any(String) },
    })
  })

  it('tell citations with the address and the quote', () => {
    const { content } = collected(decode(recording('anthropic-builtin-stream-29de28').responseBody))
    const cited = content.find((part) => part.type === 'text' && part.citations !== undefined)

    expect(cited).toMatchObject({
      citations: [{ url: expect.stringMatching(/^https:/), quote: expect.any(String) }],
    })
  })

  it('keep the caller of a tool call', () => {
    const { content } = collected(decode(recording('anthropic-builtin-stream-tools').responseBody))
    const call = content.find((part) => part.type === 'tool-call')

    expect(call?.extensions).toEqual({ 'anthropic-messages': { caller: { type: 'direct' } } })
  })
})
