import { describe, expect, it } from 'vitest'
import type { AnswerFlow, Parts } from '../../src/attempt/answer-flow.ts'
import { CollectFlow } from '../../src/attempt/collect-flow.ts'
import { EncodeFlow } from '../../src/attempt/encode-flow.ts'
import { Gate } from '../../src/attempt/gate.ts'
import { iterableOrigin } from '../../src/attempt/iterable-origin.ts'
import { PartsFlow } from '../../src/attempt/parts-flow.ts'
import { RelayFlow } from '../../src/attempt/relay-flow.ts'
import { TransformFlow } from '../../src/attempt/transform-flow.ts'
import { WholeFlow } from '../../src/attempt/whole-flow.ts'
import { wholeOrigin } from '../../src/attempt/whole-origin.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { type GatewayError, isGatewayError } from '../../src/errors/gateway-error.ts'
import { settle } from '../fake-clock.ts'
import { failure } from '../support/pool-parts.ts'
import { ScriptedBody } from '../support/scripted-body.ts'
import { tinyDialect } from '../support/tiny-dialect.ts'

const gone = failure('client_closed_request')
const cut = failure('upstream_unreachable')
const start: StreamPart = { type: 'text-start', id: 't' }
const text = (value: string): StreamPart => ({ type: 'text-delta', id: 't', text: value })
const finish: StreamPart = { type: 'finish', reason: 'stop' }

const broken = () => {
  throw new Error('bug')
}

/** Everything that a flow tells, in words. */
function listen<Item>(flow: AnswerFlow<Item>): string[] {
  const seen: string[] = []
  flow.start({
    item: (item) =>
      seen.push(item instanceof Uint8Array ? Buffer.from(item).toString() : JSON.stringify(item)),
    end: () => seen.push('[end]'),
    fail: ({ code }, told) => seen.push(`[${code}${told ? ' told' : ''}]`),
  })
  return seen
}

/** A flow of parts that plays batches, then ends, or breaks where the last thing is an error. */
function partsOf(...batches: readonly (Parts | GatewayError)[]) {
  const stopped: GatewayError[] = []
  const flow = new PartsFlow({
    begin(intake) {
      for (const batch of batches) {
        if (isGatewayError(batch)) intake.break(batch)
        else intake.deliver(() => batch)
      }
      intake.conclude()
    },
    pause() {},
    resume() {},
    stop: (reason) => stopped.push(reason),
    drain() {},
  })
  return { flow, stopped }
}

const watch = () => {}

describe('a whole answer collected from a stream', () => {
  const said = ({ content }: ChatResponse) =>
    Buffer.from(content.map((part) => (part.type === 'text' ? part.text : part.type)).join())
  const collect = (flow: AnswerFlow<Parts>, encode = said, maxSize = 1_000) =>
    new CollectFlow(flow, { encode, maxSize, watch })

  it('comes in one piece, and only then is meaningful', () => {
    const meaningful: boolean[] = []
    const { flow } = partsOf([start, text('a')], [text('b')], [finish])
    const collected = collect(flow, (response) => {
      meaningful.push(collected.meaningful)
      return said(response)
    })

    expect(listen(collected)).toEqual(['ab', '[end]'])
    expect(meaningful).toEqual([false])
    expect(collected.meaningful).toBe(true)
  })

  it('is a failure before the commitment when the stream breaks in the middle', () => {
    const { flow } = partsOf([start, text('a')], cut)
    const ready: unknown[] = []
    const gate = new Gate(collect(flow), { maxHeld: 1_000, onReady: (error) => ready.push(error) })
    gate.start()

    expect(ready).toEqual([cut])
  })

  it.each([
    ['an error part', [[start, text('a'), { type: 'error', error: cut }]], cut.code],
    ['no end', [[start, text('a')]], 'upstream_invalid_response'],
    ['a delta of no block', [[text('a')], [finish]], 'upstream_invalid_response'],
    ['too much text', [[start, text('x'.repeat(1_001))], [finish]], 'upstream_invalid_response'],
  ] as const)('fails once on %s', (_name, batches, code) => {
    const { flow, stopped } = partsOf(...(batches as readonly (readonly StreamPart[])[]))

    expect(listen(collect(flow))).toEqual([`[${code}]`])
    expect(stopped.length).toBeGreaterThan(0)
  })

  it('is a failure of ours, not a crash, when it cannot be encoded', () => {
    expect(listen(collect(partsOf([start, finish]).flow, broken))).toEqual(['[internal]'])
    const refuse = () => {
      throw failure('unsupported_capability')
    }
    expect(listen(collect(partsOf([start, finish]).flow, refuse))).toEqual([
      '[unsupported_capability]',
    ])
  })

  it('cannot tell a break, reports what passed, and cancels its source', () => {
    const { flow, stopped } = partsOf([start, text('a')])
    const collected = collect(flow)
    listen(collected)
    collected.pause()
    collected.resume()
    collected.cancel(gone)

    expect(collected.interruption()).toBeUndefined()
    expect(collected.report().usage).toEqual({ source: 'estimated', usage: { outputTokens: 1 } })
    expect(stopped).toContain(gone)
  })
})

describe('a stream in the client’s dialect', () => {
  const words = (parts: Parts) =>
    Buffer.from(
      parts.map((part) => ('text' in part ? part.text : part.type === 'error' ? '!' : '')).join(''),
    )

  it('is one buffer per batch, and nothing for a batch without words', () => {
    const flow = new EncodeFlow(
      partsOf([start], [text('a'), text('b')], [text('c'), finish]).flow,
      { encoder: { push: words }, watch },
    )

    expect(listen(flow)).toEqual(['ab', 'c', '[end]'])
    expect(Buffer.from(flow.interruption(cut)).toString()).toBe('!')
    expect(flow.report().finish).toEqual({ reason: 'stop' })
  })

  it('fails once when the encoder throws', () => {
    const { flow, stopped } = partsOf([start], [text('a')], [finish])

    expect(listen(new EncodeFlow(flow, { encoder: { push: broken }, watch }))).toEqual([
      '[internal]',
    ])
    expect(stopped).toHaveLength(1)
  })

  it('passes pause, resume and cancel on', () => {
    const calls: string[] = []
    const flow = new PartsFlow({
      begin() {},
      pause: () => calls.push('pause'),
      resume: () => calls.push('resume'),
      stop: () => calls.push('stop'),
      drain() {},
    })
    const encoded = new EncodeFlow(new TransformFlow(flow, []), { encoder: { push: words }, watch })
    encoded.pause()
    encoded.resume()
    encoded.cancel(gone)

    expect(calls).toEqual(['pause', 'resume', 'stop'])
  })
})

describe('parts that stages change', () => {
  const upper = (parts: Parts): Parts =>
    parts.map((part) =>
      part.type === 'text-delta' ? { ...part, text: part.text.toUpperCase() } : part,
    )
  const silence = (parts: Parts): Parts => parts.filter(({ type }) => type !== 'text-delta')

  it('pass the changes in order', () => {
    const shout = (parts: Parts): Parts =>
      parts.map((part) => (part.type === 'text-delta' ? { ...part, text: `${part.text}!` } : part))
    const { flow } = partsOf([text('a')], [finish])

    expect(listen(new TransformFlow(flow, [upper, shout]))).toEqual([
      JSON.stringify([text('A!')]),
      JSON.stringify([finish]),
      '[end]',
    ])
  })

  it('are meaningful only if something meaningful is left', () => {
    const { flow } = partsOf([start, text('a')])
    const changed = new TransformFlow(flow, [silence])
    listen(changed)

    expect(flow.meaningful).toBe(true)
    expect(changed.meaningful).toBe(false)
  })

  it('fail once when a change throws', () => {
    const { flow, stopped } = partsOf([text('a')], [text('b')], [finish])

    expect(listen(new TransformFlow(flow, [broken]))).toEqual(['[internal]'])
    expect(stopped.length).toBeGreaterThan(0)
    expect(new TransformFlow(flow, []).interruption(cut)).toEqual([{ type: 'error', error: cut }])
  })
})

describe('parts that are pulled from an iterable', () => {
  const over = (source: AsyncIterable<Parts>) => {
    const flow = new PartsFlow(iterableOrigin(source))
    return { flow, seen: listen(flow) }
  }

  it.each([
    [
      'throws',
      async function* () {
        yield [text('a')]
        throw cut
      },
      cut.code,
    ],
    [
      'throws junk',
      async function* () {
        yield [text('a')]
        throw undefined
      },
      'upstream_invalid_response',
    ],
    [
      'stops short',
      async function* () {
        yield [text('a')]
      },
      'upstream_invalid_response',
    ],
    [
      'yields nonsense',
      async function* () {
        yield [text('a')]
        yield 7 as unknown as Parts
      },
      'upstream_invalid_response',
    ],
  ] as const)('fail when the generator %s', async (_name, generate, code) => {
    const { seen } = over(generate())
    await settle()

    expect(seen).toEqual([JSON.stringify([text('a')]), `[${code}]`])
  })

  it('run their clean-up when they are cancelled, also while they are paused', async () => {
    for (const paused of [false, true]) {
      let cleaned = false
      async function* endless(): AsyncGenerator<Parts> {
        try {
          for (;;) yield [text('a')]
        } finally {
          cleaned = true
        }
      }
      const { flow, seen } = over(endless())
      flow.pause()
      await settle()
      if (!paused) flow.resume()
      flow.cancel(gone)
      const before = seen.length
      await settle()

      expect(cleaned).toBe(true)
      expect(seen).toHaveLength(before)
    }
  })

  it('are not disturbed by an iterator that complains about being closed', async () => {
    for (const complain of [broken, () => Promise.reject(new Error('bug'))]) {
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: complain,
        }),
      }
      const { flow, seen } = over(source)
      flow.cancel(gone)
      await settle()

      expect(seen).toEqual([])
    }
  })
})

describe('an answer in one piece', () => {
  const { chat, tap } = tinyDialect()
  const ways = {
    forwarded: (body: ScriptedBody, maxBytes: number) =>
      new WholeFlow(body, { tap: tap('json'), maxBytes }),
    decoded: (body: ScriptedBody, maxBytes: number) =>
      new CollectFlow(new PartsFlow(wholeOrigin(body, { codec: chat, maxBytes })), {
        encode: (response) => chat.encodeResponse(response, encode),
        maxSize: 10_000,
        watch,
      }),
  }
  const encode = { model: 'm', id: 'i', created: 0, framing: 'json', includeUsage: false } as const
  const read = (
    make: (typeof ways)['forwarded'] | (typeof ways)['decoded'],
    body: ScriptedBody,
    maxBytes = 30,
  ) => {
    const flow = make(body, maxBytes)
    const seen = listen(flow)
    body.flow()
    return { flow, seen }
  }

  it.each(Object.entries(ways))('is told once it is whole: %s', (_name, make) => {
    const { seen, flow } = read(make, new ScriptedBody(['{"sai', 'd":"h', 'i"}']))

    expect(seen).toEqual(['{"said":"hi"}', '[end]'])
    expect(flow.meaningful).toBe(true)
    expect(flow.interruption()).toBeUndefined()
  })

  it.each(Object.entries(ways))('tells nothing of one that breaks: %s', (_name, make) => {
    const { seen, flow } = read(make, new ScriptedBody(['{"said":"h'], cut))

    expect(seen).toEqual(['[upstream_unreachable]'])
    expect(flow.meaningful).toBe(false)
  })

  it.each(Object.entries(ways))('stops one that is too large: %s', (_name, make) => {
    const body = new ScriptedBody(['{"said":"', 'x'.repeat(40), 'more'])
    const { seen } = read(make, body)

    expect(seen).toEqual(['[upstream_invalid_response]'])
    expect(body.cancelled?.code).toBe('upstream_invalid_response')
    expect(body.pushed).toBe(2)
  })

  it.each(Object.entries(ways))(
    'does not take pauses, and is cancelled at once: %s',
    (_name, make) => {
      const body = new ScriptedBody(['{"said":"'], 'open')
      const { seen, flow } = read(make, body)
      flow.pause()
      expect(body.paused).toBe(false)
      flow.resume()
      flow.cancel(gone)

      expect(body.cancelled).toBe(gone)
      expect(seen).toEqual([])
    },
  )

  it('is not understood when it is no JSON', () => {
    expect(read(ways.decoded, new ScriptedBody(['<html>'])).seen).toEqual([
      '[upstream_invalid_response]',
    ])
    expect(read(ways.forwarded, new ScriptedBody(['<html>'])).seen).toEqual([
      '[upstream_invalid_response]',
    ])
  })
})

describe('an answer that nobody looks into', () => {
  it('flows as it comes, and is meaningful from its first byte', async () => {
    const body = new ScriptedBody(['a', 'b'])
    const flow = new RelayFlow(body)
    const seen = listen(flow)
    expect(flow.meaningful).toBe(false)
    body.pump()
    expect(flow.meaningful).toBe(true)
    body.flow()

    expect(seen).toEqual(['a', 'b', '[end]'])
    expect(flow.interruption()).toBeUndefined()
    expect(flow.report()).toMatchObject({ usage: { source: 'unknown' } })
  })

  it('passes pause, resume, cancel and breaks on', () => {
    const body = new ScriptedBody(['a'], cut)
    const flow = new RelayFlow(body)
    const seen = listen(flow)
    flow.pause()
    body.flow()
    expect(seen).toEqual([])
    flow.resume()
    body.flow()
    flow.cancel(gone)

    expect(seen).toEqual(['a', '[upstream_unreachable]'])
    expect(body.cancelled).toBe(gone)
  })
})
