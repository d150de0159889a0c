import { describe, expect, it } from 'vitest'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import { failure } from '../support/fake-pool.ts'
import { answer, dialectB, FakeProvider, inTurn, streams, whole } from '../support/fake-provider.ts'

const ways = [
  ['forwarded', {}],
  ['translated', { dialect: dialectB }],
] as const

async function gatewayOf(provider: FakeProvider, options = {}): Promise<FakeGateway> {
  return await fakeGateway({ backends: [provider.config()], ...options })
}

describe.each(ways)('a %s stream, before its first meaningful part,', (_, way) => {
  it('commits nothing: start, usage and empty text are held, and leave with it', async () => {
    const body = new FakeBody().write(line({ start: 'id' }), line({ text: '' }))
    const fake = await gatewayOf(new FakeProvider(way, () => answer(body)))
    const call = await fake.stream({ usage: true })

    const before = call.sink.status
    body.write(line({ text: 'a' }))
    await settle()
    const after = call.sink.text
    body.write(line({ done: 'stop' })).end()
    await call.done

    expect(before).toBeUndefined()
    expect(after.split('\n').filter((text) => text !== '{"text":""}')).toEqual([
      '{"start":"id"}',
      '{"text":"a"}',
      '',
    ])
    await fake.expectRest()
  })

  it('that tells an error moves on to the next target', async () => {
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => streams({ start: 'bad' }, { error: 'upstream_overloaded' }),
        () => streams({ start: 'good' }, { text: 'hello' }, { done: 'stop' }),
      ),
    )
    const fake = await gatewayOf(provider)

    const call = await fake.stream()
    await call.done

    expect(provider.used).toEqual(['1', '2'])
    expect(call.sink.text).toBe('{"start":"good"}\n{"text":"hello"}\n{"done":"stop"}\n')
    expect(fake.events['target-state']).toMatchObject([
      { target: '1', reason: 'upstream_overloaded' },
    ])
    await fake.expectRest()
  })

  it.each([
    ['is cut', (body: FakeBody) => body.end()],
    ['breaks', (body: FakeBody) => body.fail(failure('upstream_unreachable'))],
    ['cannot be understood', (body: FakeBody) => body.write('what?\n')],
  ])('that %s moves on to the next target', async (__, ending) => {
    const first = new FakeBody().write(line({ start: 'bad' }))
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => answer(first),
        () => streams({ text: 'hello' }, { done: 'stop' }),
      ),
    )
    const fake = await gatewayOf(provider)
    const call = await fake.stream()

    ending(first)
    await call.done

    expect(provider.used).toEqual(['1', '2'])
    expect(call.sink.text).toBe('{"text":"hello"}\n{"done":"stop"}\n')
    expect(fake.events['target-state']).toHaveLength(1)
    await fake.expectRest()
  })

  it('is held only up to a limit', async () => {
    const body = new FakeBody()
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => answer(body),
        () => streams({ text: 'hello' }, { done: 'stop' }),
      ),
    )
    const fake = await gatewayOf(provider, { limits: { maxHeldBytes: 10_000 } })
    const call = await fake.stream()

    let sent = 0
    while (body.cancelled === undefined && sent < 10_000) {
      body.write(line({ start: 'x'.repeat(100) }))
      sent += 1
    }
    await call.done

    expect(sent).toBeLessThan(120)
    expect(body.cancelled?.message).toContain('10000 bytes')
    expect(call.sink.status).toBe(200)
    await fake.expectRest()
  })

  it('that is empty but legal is an answer', async () => {
    const provider = new FakeProvider({ ...way, targets: ['1', '2'] }, () =>
      streams({ start: 'id' }, { done: 'stop' }),
    )
    const fake = await gatewayOf(provider)

    const call = await fake.stream()
    await call.done

    expect(provider.used).toEqual(['1'])
    expect(call.sink.text).toBe('{"start":"id"}\n{"done":"stop"}\n')
    expect(fake.lastEnd.error).toBeUndefined()
  })
})

describe.each(ways)('a %s stream, after its first meaningful part,', (_, way) => {
  it.each([
    ['is cut', (body: FakeBody) => body.end()],
    ['breaks', (body: FakeBody) => body.fail(failure('upstream_unreachable'))],
    ['cannot be understood any more', (body: FakeBody) => body.write('what?\n')],
  ])('that %s ends in an error event, and is not retried', async (__, ending) => {
    const body = new FakeBody().write(line({ text: 'hel' }))
    const provider = new FakeProvider({ ...way, targets: ['1', '2'] }, () => answer(body))
    const fake = await gatewayOf(provider)
    const call = await fake.stream()

    ending(body)
    await call.done

    expect(provider.used).toEqual(['1'])
    expect(call.sink.text).toBe('{"text":"hel"}\n{"error":"stream_interrupted"}\n')
    expect(fake.lastEnd).toMatchObject({ status: 200, error: { code: 'stream_interrupted' } })
    expect(fake.events['target-state']).toMatchObject([{ reason: 'stream_interrupted' }])
    expect(fake.events['attempt-end']).toMatchObject([{ next: 'delivered' }])
    await fake.expectRest()
  })

  it('tells an error once', async () => {
    const body = new FakeBody().write(line({ text: 'hel' }))
    const fake = await gatewayOf(new FakeProvider(way, () => answer(body)))
    const call = await fake.stream()

    body.write(line({ error: 'upstream_overloaded' })).end()
    await call.done

    expect(call.sink.text.match(/"error"/g)).toHaveLength(1)
    expect(call.sink.text).not.toContain('done')
    expect(call.sink.ended).toBe(true)
    await fake.expectRest()
  })

  it('has its usage accounted although it broke', async () => {
    const body = new FakeBody().write(line({ text: 'a' }), line({ usage: 7 }))
    const fake = await gatewayOf(new FakeProvider(way, () => answer(body)))
    const call = await fake.stream({ usage: true })

    body.fail(failure('upstream_unreachable'))
    await call.done

    expect(fake.lastEnd.usage).toEqual({ source: 'provider', usage: { outputTokens: 7 } })
  })

  it('is whole when the connection breaks behind its end', async () => {
    const body = new FakeBody().write(line({ text: 'a' }))
    const fake = await gatewayOf(new FakeProvider(way, () => answer(body)))
    const call = await fake.stream()

    body.write(line({ done: 'stop' })).fail(failure('upstream_unreachable'))
    await call.done

    expect(call.sink.text).toBe('{"text":"a"}\n{"done":"stop"}\n')
    expect(call.sink.ended).toBe(true)
    expect(fake.lastEnd.error).toBeUndefined()
    expect(fake.events['target-state']).toEqual([])
  })
})

describe('an answer in one piece', () => {
  it.each(ways)('that is %s and cut moves on to the next target', async (_, way) => {
    const first = new FakeBody().write('{"text":"hel')
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => answer(first, 'json'),
        () => whole('hello'),
      ),
    )
    const fake = await gatewayOf(provider)
    const call = fake.call()
    await settle()

    first.fail(failure('upstream_unreachable'))
    await call.done

    expect(provider.used).toEqual(['1', '2'])
    expect(call.sink.json).toEqual({ text: 'hello', done: 'stop' })
    await fake.expectRest()
  })

  it.each(ways)('that is %s and tells an error in a 200 moves on', async (_, way) => {
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => answer(new FakeBody().write('{"error":"upstream_overloaded"}').end(), 'json'),
        () => whole('hello'),
      ),
    )
    const fake = await gatewayOf(provider)

    const sink = await fake.ask()

    expect(provider.used).toEqual(['1', '2'])
    expect(sink.status).toBe(200)
  })

  it.each(ways)('that is %s and too large is refused, and its transfer stopped', async (_, way) => {
    const body = new FakeBody()
    const provider = new FakeProvider(way, () => answer(body, 'json'))
    const fake = await gatewayOf(provider, { network: { maxResponseBytes: 1_000 } })
    const call = fake.call()
    await settle()

    body.write('x'.repeat(999))
    const before = body.cancelled
    body.write('xx')
    await call.done

    expect(before).toBeUndefined()
    expect(body.cancelled?.message).toContain('1000 bytes')
    expect(call.sink.json).toMatchObject({ code: 'upstream_invalid_response' })
    await fake.expectRest()
  })

  it('that no client encoder can write is our own failure, not the provider’s', async () => {
    const provider = new FakeProvider({ dialect: dialectB, targets: ['1', '2'] }, () =>
      whole('unencodable'),
    )
    const fake = await gatewayOf(provider)

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ code: 'internal' })
    expect(provider.used).toEqual(['1'])
    expect(fake.events['target-state']).toEqual([])
    expect(fake.logged.map(([level]) => level)).toEqual(['error'])
  })
})

describe('what the provider answers in another framing than the client wants', () => {
  it.each(ways)(
    'is collected from a %s stream for a client that does not stream',
    async (_, way) => {
      const provider = new FakeProvider(way, () =>
        streams({ start: 'i' }, { text: 'hel' }, { text: 'lo' }, { usage: 2 }, { done: 'length' }),
      )
      const fake = await gatewayOf(provider)

      const sink = await fake.ask()

      expect(sink.json).toEqual({ text: 'hello', usage: 2, done: 'length' })
      expect(sink.headers['content-type']).toBe('application/json')
      expect(fake.lastEnd.finishReason).toBe('length')
      await fake.expectRest()
    },
  )

  it.each(ways)('is cut into a stream from a %s whole answer', async (_, way) => {
    const provider = new FakeProvider(way, () => whole('hello', { usage: 2 }))
    const fake = await gatewayOf(provider)

    const call = await fake.stream({ usage: true })
    await call.done

    expect(call.sink.text).toMatch(
      /^\{"start":"\w+"\}\n\{"text":"hello"\}\n\{"usage":2\}\n\{"done":"stop"\}\n$/,
    )
    expect(call.sink.headers['content-type']).toContain('text/event-stream')
    await fake.expectRest()
  })

  it.each(ways)('moves on when a %s stream breaks while it is collected', async (_, way) => {
    const first = new FakeBody().write(line({ text: 'hel' }))
    const provider = new FakeProvider(
      { ...way, targets: ['1', '2'] },
      inTurn(
        () => answer(first),
        () => streams({ text: 'hello' }, { done: 'stop' }),
      ),
    )
    const fake = await gatewayOf(provider)
    const call = fake.call()
    await settle()

    first.end()
    await call.done

    expect(provider.used).toEqual(['1', '2'])
    expect(call.sink.json).toEqual({ text: 'hello', done: 'stop' })
    expect(fake.lastEnd.totalUsage).toEqual({ source: 'estimated', usage: { outputTokens: 2 } })
    await fake.expectRest()
  })

  it('is collected only up to a limit', async () => {
    const body = new FakeBody()
    const fake = await gatewayOf(new FakeProvider({}, () => answer(body)), {
      network: { maxResponseBytes: 10_000 },
    })
    const call = fake.call()
    await settle()

    for (let sent = 0; sent < 1_000; sent += 1) body.write(line({ text: '' }))
    await call.done

    expect(body.cancelled?.message).toContain('larger than 10000 bytes')
    expect(call.sink.json).toMatchObject({ code: 'upstream_invalid_response' })
  })

  it('is refused when it is neither JSON nor a stream', async () => {
    const body = new FakeBody()
    const headers = { 'content-type': 'text/html' }
    const fake = await gatewayOf(new FakeProvider({}, () => answer(body, 'opaque', headers)))

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ code: 'upstream_invalid_response' })
    expect(sink.text).toContain('text/html instead of JSON or an event stream')
    expect(body.cancelled).toBeDefined()
    await fake.expectRest()
  })

  it('is refused when it is a stream where there are none', async () => {
    const body = new FakeBody()
    const fake = await gatewayOf(new FakeProvider({}, () => answer(body)))

    const sink = await fake.ask({ operation: 'embeddings' })

    expect(sink.json).toMatchObject({ code: 'upstream_invalid_response' })
    expect(body.cancelled).toBeDefined()
  })
})
