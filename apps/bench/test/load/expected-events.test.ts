import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpectedEvents } from '../../src/load/expected-events.ts'
import { outputTokens, pieceText } from '../../src/workload/answer.ts'
import { anthropicClient, anthropicUpstream } from '../../src/workload/protocols/anthropic.ts'
import { chatClient, chatUpstream } from '../../src/workload/protocols/chat.ts'
import { responsesClient } from '../../src/workload/protocols/responses.ts'

const contents = 3
const chat = chatUpstream.frames(contents).map(String)
const anthropic = anthropicUpstream
  .frames(contents)
  .join('')
  .replace('event: ping\ndata: {"type":"ping"}\n\n', '')

function feed(form: typeof chatClient.stream, body: string, cuts: readonly number[] = []) {
  const check = new ExpectedEvents(form, { contents, outputTokens })
  const bytes = Buffer.from(body)
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length]
  places.sort((one, other) => one - other)
  for (const [index, end] of places.slice(1).entries()) {
    check.accept(bytes.subarray(places[index], end))
  }
  check.finish()
  return check
}

describe('a translated stream', () => {
  it('is right in each protocol, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
        expect(feed(chatClient.stream, chat.join(''), cuts).frames).toBe(contents + 1)
        expect(feed(anthropicClient.stream, anthropic, cuts).frames).toBe(contents + 1)
        expect(feed(responsesClient.stream, responses(), cuts).frames).toBe(contents + 1)
      }),
    )
  })

  it('may have any ids and times', () => {
    const other = chat.join('').replaceAll('chatcmpl-Bench00000000', 'chatcmpl-other')

    expect(() => feed(chatClient.stream, other)).not.toThrow()
  })

  it('is wrong when a piece is lost, doubled, exchanged, altered or joined with the next', () => {
    const [role, one, two, three, ...rest] = chat
    const joined = one?.replace('000000\\n', `000000\\n${pieceText(1).replace('\n', '\\n')}`)
    const wrong = [
      [role, one, three, ...rest],
      [role, one, one, two, three, ...rest],
      [role, two, one, three, ...rest],
      [role, one, two?.replace('000001', '000007'), three, ...rest],
      [role, joined, three, ...rest],
    ]

    for (const frames of wrong) expect(() => feed(chatClient.stream, frames.join(''))).toThrow()
  })

  it('is wrong when it breaks off, goes on, or tells another usage', () => {
    const whole = chat.join('')

    expect(() => feed(chatClient.stream, chat.slice(0, -1).join(''))).toThrow(/6 of 7 events/)
    expect(() => feed(chatClient.stream, whole.slice(0, -1))).toThrow(/inside of an event/)
    expect(() => feed(chatClient.stream, whole + chat[4])).toThrow(/event 8 is finish/)
    expect(() => feed(chatClient.stream, whole.replace(':212', ':211'))).toThrow(/211 output/)
    expect(() => feed(chatClient.stream, whole.replace('{"id"', '{id'))).toThrow(/not JSON/)
  })
})

/** The events of a Responses answer, as far as the check looks at them. */
function responses(): string {
  const { before, piece, behind } = responsesClient.stream
  const events = [
    ...before.map((type) => ({ type })),
    ...Array.from({ length: contents }, (_, index) => ({ type: piece, delta: pieceText(index) })),
    ...behind.map((type) => ({ type, response: { usage: { output_tokens: outputTokens } } })),
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}
