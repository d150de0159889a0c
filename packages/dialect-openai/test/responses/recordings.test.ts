import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { openaiResponses } from '../../src/index.ts'
import { joined, textOf } from '../support/bytes.ts'
import {
  answers,
  collect,
  context,
  contextOf,
  decode,
  decodeWire,
  encodeParts,
  failures,
  headOf,
  lastResponse,
  parsed,
  recording,
  recordings,
  streams,
  violationsOf,
} from './support/responses.ts'

/** A spread of places in a stream. */
function places(length: number): number[] {
  const step = Math.max(1, Math.floor(length / 150))
  return Array.from({ length: Math.floor(length / step) }, (_, index) => index * step)
}

/** What streams cannot tell: members of the answer besides its content, and of its texts. */
function withoutExtensions(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member) => (key === 'extensions' ? undefined : member)),
  )
}

describe('recorded requests', () => {
  it.each(recordings)('$file is accepted', ({ request }) => {
    expect(headOf(request).model).toBe(request['model'])
  })

  it.each(recordings)('$file means the same after another way round', ({ request }) => {
    const once = openaiResponses.chat.encodeRequest(decodeWire(request))
    const twice = openaiResponses.chat.encodeRequest(decodeWire(once.body))

    expect(twice.body).toEqual(once.body)
  })

  it('keeps the items of a tool search, whose calls the client answered', () => {
    const { body } = openaiResponses.chat.encodeRequest(
      decodeWire(recording('openai-builtin-json-tools').request),
    )

    const types = (body['input'] as { type?: string }[]).map(({ type }) => type ?? 'message')
    expect(types).toEqual([
      ...['message', 'reasoning', 'tool_search_call', 'tool_search_output'],
      ...['function_call', 'function_call_output'],
    ])
  })
})

describe('recorded streams', () => {
  it('are there', () => {
    expect(streams.length).toBeGreaterThanOrEqual(15)
  })

  it.each(streams)('$file gives a whole answer', ({ responseBody }) => {
    const parts = decode(responseBody)

    expect(problemsOf(parts)).toEqual([])
    expect(parts.at(-1)?.type).toBe('finish')
    expect(parts.filter(({ type }) => type === 'usage')).toHaveLength(1)
  })

  it.each(streams)('$file gives the same wherever it is cut', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const expected = decode(whole)

    for (const place of places(whole.length)) expect(decode(whole, [place])).toEqual(expected)
  })

  it.each(streams)('$file gives the same byte by byte', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1)

    expect(decode(whole, cuts)).toEqual(decode(whole))
  })

  it.each(streams)('$file is its last event, said in pieces', ({ responseBody }) => {
    const whole = lastResponse(responseBody)
    // The state is encrypted anew for the last event.
    const told = parsed(responseBody).filter(({ type }) => type === 'response.output_item.done')
    const output = told.toSorted(
      (one, other) => Number(one['output_index']) - Number(other['output_index']),
    )
    const document = { ...whole, output: output.map(({ item }) => item ?? null) }
    const expected = openaiResponses.chat.decodeResponse(Buffer.from(JSON.stringify(document)))

    expect(withoutExtensions(collect(decode(responseBody)))).toEqual(withoutExtensions(expected))
  })

  it.each(streams)('$file becomes a legal stream for clients', ({ request, responseBody }) => {
    const stream = encodeParts(decode(responseBody), contextOf(request as never))

    expect(violationsOf(stream)).toEqual([])
  })

  it.each(streams)('$file says the same once it was encoded', ({ responseBody }) => {
    const parts = decode(responseBody)
    const again = decode(encodeParts(parts))
    const said = (list: typeof parts) => joined(list).filter(({ type }) => type !== 'start')

    expect(said(again)).toEqual(said(parts))
  })

  it.each(streams)('$file is told to clients as its whole answer is', ({ responseBody }) => {
    const parts = decode(responseBody)
    const whole = textOf(openaiResponses.chat.encodeResponse(collect(parts), context))

    expect(itemsAlike(JSON.parse(whole))).toEqual(itemsAlike(lastResponse(encodeParts(parts))))
  })

  it('keeps the ids of reasoning that has state, which is bound to them', () => {
    const { responseBody } = recording('openai-stream-thinking-tools')
    const [before] = lastResponse(responseBody)['output'] as { id: string }[]
    const [after] = lastResponse(encodeParts(decode(responseBody)))['output'] as { id: string }[]

    expect(after?.id).toBe(before?.id)
  })
})

/** Log probabilities are only in deltas, and ids of reasoning without state mean nothing. */
function itemsAlike(document: unknown): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, member) => {
      if (key === 'logprobs') return []
      const isStateless = member?.type === 'reasoning' && member.encrypted_content === undefined
      return isStateless ? { ...member, id: '' } : member
    }),
  )
}

describe('recorded streams and the validator', () => {
  /** What real servers do that the protocol does not allow (protocol reference 8.3). */
  const exceptions: Readonly<Record<string, RegExp>> = {
    // An early capture, from before events were numbered.
    'openai-stream-tools-6faa27.json': /`sequence_number` is not the next/,
    // OpenRouter names no events, opens the message inside of the reasoning, and says `[DONE]`.
    'openrouter-stream-thinking-5874f7.json':
      /has no name|`usage` is neither|begins inside of another|not a JSON object|follows the terminal|is no text|no known word|not what was told|annotations/,
  }

  it.each(streams)('$file is legal, or breaks what is known', ({ file, responseBody }) => {
    const known = exceptions[file]
    const violations = violationsOf(responseBody)

    if (known === undefined) expect(violations).toEqual([])
    else expect(violations.filter((violation) => !known.test(violation))).toEqual([])
  })

  it.each(Object.keys(exceptions))('%s is not legal', (file) => {
    expect(violationsOf(recording(file).responseBody)).not.toEqual([])
  })
})

describe('recorded answers', () => {
  it('are there', () => {
    expect(answers.length).toBeGreaterThanOrEqual(15)
  })

  it.each(answers)('$file is legal', ({ responseBody }) => {
    expect(openaiResponses.validateResponse(Buffer.from(responseBody))).toEqual([])
  })

  it.each(answers)('$file is legal again for clients, and says the same', ({ responseBody }) => {
    const answer = openaiResponses.chat.decodeResponse(Buffer.from(responseBody))
    const body = openaiResponses.chat.encodeResponse(answer, context)

    expect(openaiResponses.validateResponse(body)).toEqual([])
    if (answer.finish.reason === 'other') return
    const again = openaiResponses.chat.decodeResponse(body)
    expect(withoutExtensions(again)).toEqual(withoutExtensions({ ...answer, id: again.id }))
  })

  it.each(answers)('$file keeps its items', ({ responseBody }) => {
    const answer = openaiResponses.chat.decodeResponse(Buffer.from(responseBody))
    const body = JSON.parse(textOf(openaiResponses.chat.encodeResponse(answer, context)))

    const typesIn = (document: { output: { type: string }[] }) =>
      document.output.map(({ type }) => type)
    expect(typesIn(body)).toEqual(typesIn(JSON.parse(responseBody)))
  })
})

describe('recorded failures', () => {
  it.each(failures)('$file has a class', ({ status, responseBody }) => {
    const error = openaiResponses.decodeError({
      status,
      headers: {},
      body: Buffer.from(responseBody),
    })

    const expected = responseBody.includes('model_not_found')
      ? 'upstream_model_unavailable'
      : 'invalid_request'
    expect(error.code).toBe(expected)
    expect(error.param).toBe(JSON.parse(responseBody).error.param)
  })
})
