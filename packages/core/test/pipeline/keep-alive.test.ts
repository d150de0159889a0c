import { describe, expect, it } from 'vitest'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { keepAliveLine as beat, line } from '../support/fake-dialect.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  FakeProvider,
  fails,
  inTurn,
  type Script,
  silent,
  whole,
} from '../support/fake-provider.ts'

const limits = { holdMs: 15_000, keepAliveMs: 10_000 }

async function gatewayOf(script: Script, more = {}): Promise<FakeGateway> {
  const provider = new FakeProvider({}, script)
  return await fakeGateway({ backends: [provider.config()], limits: { ...limits, ...more } })
}

describe('a streaming client that waits', () => {
  it('sees nothing before the hold is over, then 200 and a sign of life, again and again', async () => {
    const fake = await gatewayOf(silent)
    const call = await fake.stream()

    await fake.clock.advance(14_999)
    const before = call.sink.status
    await fake.clock.advance(1)
    const at15 = [call.sink.status, call.sink.text]
    await fake.clock.advance(25_000)

    expect(before).toBeUndefined()
    expect(at15).toEqual([200, beat])
    expect(call.sink.text).toBe(beat.repeat(3))
    expect(call.sink.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    call.leave()
    await call.done
    expect(fake.clock.timers).toBe(0)
  })

  it('gets the answer behind the signs of life, which stop then', async () => {
    const body = new FakeBody()
    const fake = await gatewayOf(() => answer(body))
    const call = await fake.stream()
    await fake.clock.advance(20_000)

    body.write(line({ text: 'a' }))
    await fake.clock.advance(60_000)
    body.write(line({ done: 'stop' })).end()
    await call.done

    expect(call.sink.text).toBe(`${beat}{"text":"a"}\n{"done":"stop"}\n`)
    await fake.expectRest()
  })

  it('gets a failure as an event of the stream, with the status that was committed', async () => {
    const late = Promise.withResolvers<void>()
    const fake = await gatewayOf(async () => {
      await late.promise
      return fails('invalid_request')
    })
    const call = await fake.stream()
    await fake.clock.advance(15_000)

    late.resolve()
    await call.done

    expect(call.sink.text).toBe(`${beat}{"error":"invalid_request"}\n`)
    expect(call.sink.ended).toBe(true)
    expect(fake.lastEnd).toMatchObject({ status: 200, error: { code: 'invalid_request' } })
    await fake.expectRest()
  })

  it('is kept alive through retries and waits too', async () => {
    const fake = await gatewayOf(
      inTurn(
        () => fails('upstream_rate_limited', { retryAfterMs: 9_000 }),
        () => fails('upstream_rate_limited', { retryAfterMs: 9_000 }),
        () => whole('hello'),
      ),
    )
    const call = await fake.stream()

    await fake.clock.advance(18_000)
    await call.done

    expect(call.sink.text.startsWith(`${beat}{"start":`)).toBe(true)
    expect(call.sink.text).toContain('{"text":"hello"}')
  })

  it('is told nothing where the hold is off', async () => {
    const fake = await gatewayOf(silent, { holdMs: 0 })
    const call = await fake.stream()

    await fake.clock.advance(300_000)

    expect(call.sink.status).toBeUndefined()
    call.leave()
    await call.done
  })

  it('gets white space in a stream that is one document', async () => {
    const fake = await gatewayOf(silent)
    const call = await fake.stream({}, { query: 'array' })

    await fake.clock.advance(15_000)

    expect(call.sink.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(call.sink.text).toBe(beat)
    call.leave()
    await call.done
  })
})

describe('a client that does not stream', () => {
  it('gets its status only with its answer', async () => {
    const fake = await gatewayOf(silent)
    const call = fake.call()
    await settle()

    await fake.clock.advance(100_000)

    expect(call.sink.status).toBeUndefined()
    call.leave()
    await call.done
    expect(fake.clock.timers).toBe(0)
  })
})
