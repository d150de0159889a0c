import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnswerFlow } from '../../src/attempt/answer-flow.ts'
import { Attempt } from '../../src/attempt/attempt.ts'
import { decodeOrigin } from '../../src/attempt/decode-origin.ts'
import { EncodeFlow } from '../../src/attempt/encode-flow.ts'
import { ForwardFlow } from '../../src/attempt/forward-flow.ts'
import { iterableOrigin } from '../../src/attempt/iterable-origin.ts'
import { PartsFlow } from '../../src/attempt/parts-flow.ts'
import { RelayFlow } from '../../src/attempt/relay-flow.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { failure } from '../support/pool-parts.ts'
import { ScriptedBody } from '../support/scripted-body.ts'
import { tinyDialect } from '../support/tiny-dialect.ts'

const { chat, tap } = tinyDialect()
const context = {
  model: 'm',
  id: 'i',
  created: 0,
  framing: 'sse',
  includeUsage: false,
} as const

/** Something that flows, and how a test moves it. */
interface Stream {
  readonly flow: AnswerFlow<Uint8Array>
  /** Lets one chunk through, if the receiver lets it. */
  readonly pump: () => void
  /** Chunks that left the origin. */
  readonly taken: () => number
}

const frames = (words: readonly string[]) => [...words, '[end]'].map((word) => `data: ${word}\n\n`)

/** A body that breaks instead of ending, where the text says so. */
const bodyOf = (words: readonly string[], breaks: boolean) =>
  breaks
    ? new ScriptedBody(frames(words).slice(0, -1), failure('upstream_unreachable'))
    : new ScriptedBody(frames(words))

const overBody = (make: (body: ScriptedBody) => AnswerFlow<Uint8Array>) => {
  return (words: readonly string[], breaks: boolean): Stream => {
    const body = bodyOf(words, breaks)
    return { flow: make(body), pump: () => body.pump(), taken: () => body.pushed }
  }
}

const encoded = (flow: PartsFlow) =>
  new EncodeFlow(flow, { encoder: chat.streamEncoder(context), watch: () => {} })

function overIterable(words: readonly string[], breaks: boolean): Stream {
  let taken = 0
  async function* parts(): AsyncGenerator<readonly StreamPart[]> {
    for (const text of words) {
      taken += 1
      yield [{ type: 'text-delta', id: 't', text }]
    }
    if (breaks) throw failure('upstream_unreachable')
    taken += 1
    yield [{ type: 'finish', reason: 'stop' }]
  }
  const flow = encoded(new PartsFlow(iterableOrigin(parts())))
  return { flow, pump: () => {}, taken: () => taken }
}

const streams = {
  forwarded: overBody((body) => new ForwardFlow(body, tap('sse'))),
  relayed: overBody((body) => new RelayFlow(body)),
  translated: overBody((body) =>
    encoded(new PartsFlow(decodeOrigin(body, chat.streamDecoder('sse')))),
  ),
  virtual: overIterable,
}

const step = fc.constantFrom('pump', 'pump', 'pump', 'pause', 'resume', 'turn', 'abort' as const)

const play = fc.record({
  words: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 12 }),
  breaks: fc.boolean(),
  steps: fc.array(step, { maxLength: 60 }),
  mayAbort: fc.boolean(),
})

type Play = typeof play extends fc.Arbitrary<infer Value> ? Value : never

describe('an answer under back-pressure', () => {
  it.each(Object.entries(streams))('loses, doubles and hoards nothing: %s', async (_name, make) => {
    await fc.assert(
      fc.asyncProperty(play, (given) => run(given, make)),
      { numRuns: 150 },
    )
  })
})

async function run(
  { words, breaks, steps, mayAbort }: Play,
  make: (words: readonly string[], breaks: boolean) => Stream,
): Promise<void> {
  const stream = make(words, breaks)
  const attempt = new Attempt<Uint8Array>({
    route: { backend: 'a', target: '1', model: 'm', way: 'forward' },
    open: async () => ({ flow: stream.flow, status: 200, headers: {}, framing: 'sse' }),
    clock: new FakeClock(),
    maxHeldBytes: 10_000,
    attribution: { backend: 'a' },
    guardMs: 0,
    dropped: [],
    onFirstPart: () => {},
  })
  await settle()
  stream.pump()
  await attempt.ready
  // Before anybody listens at most one chunk is taken behind the first meaningful one.
  for (let turn = 0; turn < 5; turn += 1) stream.pump()
  await settle()
  expect(stream.taken()).toBeLessThanOrEqual(2)

  let seen = ''
  let delivered = 0
  const endings: string[] = []
  attempt.deliver({
    item: (bytes) => {
      seen += Buffer.from(bytes).toString()
      delivered += 1
    },
    end: () => endings.push('end'),
    fail: ({ code }) => endings.push(code),
  })
  let aborted = false
  const act = {
    pump: () => stream.pump(),
    pause: () => attempt.pause(),
    resume: () => attempt.resume(),
    turn: () => {},
    abort: () => {
      if (!mayAbort) return
      aborted ||= endings.length === 0
      attempt.abort(failure('client_closed_request'))
    },
  }
  for (const one of steps) {
    act[one]()
    if (one === 'turn') await settle()
    expect(stream.taken() - delivered).toBeLessThanOrEqual(2)
  }
  attempt.resume()
  for (let turn = 0; turn <= frames(words).length; turn += 1) {
    stream.pump()
    await settle()
  }

  const whole = frames(breaks ? words : [...words])
    .slice(0, breaks ? -1 : undefined)
    .join('')
  const outcome = await attempt.outcome
  if (aborted) {
    expect(whole.startsWith(seen)).toBe(true)
    expect(endings).toEqual([])
    // Who has got the end of a stream may hang up.
    expect(seen === whole ? ['cancelled', 'done'] : ['cancelled']).toContain(outcome.result)
    return
  }
  expect(seen).toBe(whole)
  expect(endings).toEqual([breaks ? 'stream_interrupted' : 'end'])
  expect(outcome.result).toBe(breaks ? 'failed' : 'done')
}
