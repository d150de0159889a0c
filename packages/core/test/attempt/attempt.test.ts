import { describe, expect, it } from 'vitest'
import { Attempt, type AttemptOptions, type Opened } from '../../src/attempt/attempt.ts'
import type { GatewayError } from '../../src/errors/gateway-error.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { HandFlow } from '../support/loop-parts.ts'
import { failure } from '../support/pool-parts.ts'

type Open<Item> = (signal: AbortSignal) => Promise<Opened<Item>>

const gone = failure('client_closed_request')
const cut = failure('upstream_unreachable', { upstream: { backend: 'a' } })

/** An attempt, and what a client sees of it. */
function attemptOf(open: Open<Uint8Array>, rest: Partial<AttemptOptions<Uint8Array>> = {}) {
  const clock = new FakeClock()
  const attempt = new Attempt<Uint8Array>({
    route: { backend: 'a', target: '1', model: 'm', way: 'forward' },
    open,
    clock,
    maxHeldBytes: 100,
    attribution: { backend: 'a' },
    guardMs: 5_000,
    dropped: [],
    onFirstPart: () => {},
    ...rest,
  })
  const seen: string[] = []
  const deliver = () =>
    attempt.deliver({
      item: (bytes) => seen.push(Buffer.from(bytes).toString()),
      end: () => seen.push('[end]'),
      fail: (error, told) => seen.push(`[${error.code}${told ? ' told' : ''}]`),
    })
  return { attempt, clock, seen, deliver }
}

function flowing(rest: Partial<AttemptOptions<Uint8Array>> = {}) {
  const flow = new HandFlow()
  const opened = { flow, status: 200, headers: {}, framing: 'sse' } as const
  return { flow, ...attemptOf(async () => opened, rest) }
}

const quiet = (flow: HandFlow, text: string) => flow.receiver?.item(Buffer.from(text))

describe('before the first meaningful part', () => {
  it('delivers nothing, then everything in order', async () => {
    const { flow, attempt, seen, deliver } = flowing()
    await settle()
    quiet(flow, 'ping ')
    quiet(flow, 'role ')
    flow.say('hello ')
    expect(await attempt.ready).toBeUndefined()
    expect(flow.paused).toBe(true)
    quiet(flow, 'read already ')
    expect(seen).toEqual([])

    deliver()
    flow.say('more')
    flow.receiver?.end()

    expect(flow.paused).toBe(false)
    expect(seen).toEqual(['ping ', 'role ', 'hello ', 'read already ', 'more', '[end]'])
    expect(await attempt.outcome).toMatchObject({ result: 'done', meaningful: true, status: 200 })
  })

  it('turns a failure into one of the attempt, and delivers nothing', async () => {
    const { flow, attempt } = flowing()
    await settle()
    quiet(flow, 'ping')

    flow.receiver?.fail(cut, false)

    expect(await attempt.ready).toEqual({ error: cut })
    expect(await attempt.outcome).toMatchObject({ result: 'failed', error: cut, meaningful: false })
  })

  it('holds no more than it may', async () => {
    const { flow, attempt } = flowing()
    await settle()
    for (let count = 0; count < 101; count += 1) quiet(flow, '.')

    expect(await attempt.ready).toMatchObject({ error: { code: 'upstream_invalid_response' } })
    expect(flow.cancelled?.code).toBe('upstream_invalid_response')
  })

  it('cuts a backend that opens and then says nothing', async () => {
    const { flow, attempt, clock } = flowing()
    await settle()
    quiet(flow, 'ping')

    await clock.advance(5_000)

    expect(await attempt.ready).toMatchObject({ error: { code: 'upstream_timeout' } })
    expect(flow.cancelled?.code).toBe('upstream_timeout')
    expect(await attempt.outcome).toMatchObject({ result: 'failed', durationMs: 5_000 })
  })

  it('cuts a backend that never answers, and cancels an answer that comes too late', async () => {
    const opening = Promise.withResolvers<Awaited<ReturnType<Open<Uint8Array>>>>()
    let signal: AbortSignal | undefined
    const { attempt, clock } = attemptOf((given) => {
      signal = given
      return opening.promise
    })
    await clock.advance(5_000)
    expect(await attempt.ready).toMatchObject({ error: { code: 'upstream_timeout' } })
    expect(signal?.aborted).toBe(true)

    const flow = new HandFlow()
    opening.resolve({ flow, status: 200, headers: {}, framing: 'sse' })
    await settle()

    expect(flow.cancelled?.code).toBe('upstream_timeout')
    expect(flow.receiver).toBeUndefined()
  })

  it('does not mind a late answer that fails', async () => {
    const opening = Promise.withResolvers<never>()
    const { attempt } = attemptOf(() => opening.promise)
    await settle()
    attempt.abort(gone)

    opening.reject(new Error('late'))

    expect(await attempt.ready).toEqual({ error: gone })
    await settle()
  })

  it('keeps the provider’s raw answer and status', async () => {
    const raw = { status: 418, headers: {}, body: Buffer.from('teapot') }
    const { attempt, clock } = attemptOf(async () => ({ failure: { error: cut, raw } }))

    expect(await attempt.ready).toEqual({ error: cut, raw })
    expect(await attempt.outcome).toMatchObject({ result: 'failed', status: 418 })
    expect(clock.timers).toBe(0)
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('bug'))],
    ['rejects with junk', () => Promise.reject(7)],
  ])('names a failure when opening %s', async (_name, open) => {
    const { attempt } = attemptOf(open)

    expect(await attempt.ready).toMatchObject({ error: { code: 'internal' } })
  })

  it('cancels a flow that cannot even start', async () => {
    const flow = new HandFlow()
    flow.start = () => {
      throw cut
    }
    const { attempt } = attemptOf(async () => ({
      flow,
      status: 200,
      headers: {},
      framing: 'sse' as const,
    }))

    expect(await attempt.ready).toEqual({ error: cut })
    expect(flow.cancelled).toBe(cut)
  })

  it('takes an empty answer with a regular end for an answer', async () => {
    const { flow, attempt, seen, deliver } = flowing()
    await settle()
    flow.receiver?.end()

    expect(await attempt.ready).toBeUndefined()
    deliver()
    expect(seen).toEqual(['[end]'])
    expect(await attempt.outcome).toMatchObject({ result: 'done', meaningful: false })
  })

  it('is not limited in time where the limit is off', async () => {
    const { clock } = flowing({ guardMs: 0 })

    expect(clock.timers).toBe(0)
  })
})

describe('after the first meaningful part', () => {
  async function delivered() {
    const made = flowing()
    await settle()
    made.flow.say('hello')
    await made.attempt.ready
    made.deliver()
    return made
  }

  it.each([
    ['what the answer does not say', cut, false, '[stream_interrupted]', 'stream_interrupted'],
    ['what the answer says itself', cut, true, '[upstream_unreachable told]', cut.code],
    ['that the client has gone', gone, false, '[client_closed_request]', gone.code],
  ])('tells %s', async (_name, error, told, last, code) => {
    const { flow, seen, attempt } = await delivered()

    flow.receiver?.fail(error, told)

    expect(seen).toEqual(['hello', last])
    expect(await attempt.outcome).toMatchObject({
      result: 'failed',
      meaningful: true,
      error: { code },
    })
  })

  it('keeps where an interrupted answer came from', async () => {
    const { flow, attempt } = await delivered()

    flow.receiver?.fail(cut, false)

    const { error } = await attempt.outcome
    expect(error).toMatchObject({ upstream: { backend: 'a' }, cause: cut })
  })

  it('keeps what the caller is blamed for, which says nothing of the target', async () => {
    const filtered = failure('content_filtered')
    const { flow, attempt, seen } = await delivered()

    flow.receiver?.fail(filtered, false)

    expect(seen).toEqual(['hello', '[content_filtered]'])
    expect(await attempt.outcome).toMatchObject({ result: 'failed', error: filtered })
  })

  it('knows of a failure that came before anybody listened', async () => {
    const { flow, attempt, seen, deliver } = flowing()
    await settle()
    flow.say('hello')
    flow.receiver?.fail(cut, false)
    expect(await attempt.ready).toBeUndefined()

    deliver()

    expect(seen).toEqual(['hello', '[stream_interrupted]'])
  })

  it('ends once, whatever comes behind the end', async () => {
    const { flow, attempt } = await delivered()
    flow.receiver?.end()
    flow.receiver?.fail(cut, false)
    attempt.abort(gone)

    expect(await attempt.outcome).toMatchObject({ result: 'done' })
    expect(flow.cancelled).toBeUndefined()
  })

  it('is cancelled at once, and says what it cost', async () => {
    const { flow, attempt, clock } = await delivered()
    await clock.advance(70)

    attempt.abort(gone)
    attempt.abort(failure('internal'))

    expect(flow.cancelled).toBe(gone)
    expect(await attempt.outcome).toMatchObject({
      result: 'cancelled',
      error: gone,
      durationMs: 70,
      ttftMs: 0,
      usage: { source: 'unknown' },
    })
  })

  it('passes pauses on, and none behind the end', async () => {
    const { flow, attempt } = await delivered()
    attempt.pause()
    expect(flow.paused).toBe(true)
    attempt.resume()
    expect(flow.paused).toBe(false)

    flow.receiver?.end()
    flow.paused = true
    attempt.resume()

    expect(flow.paused).toBe(true)
  })
})

describe('delivery', () => {
  it('keeps the order when the receiver makes more flow while it takes what was held', async () => {
    const { flow, attempt } = flowing()
    await settle()
    quiet(flow, '1')
    flow.say('2')
    await attempt.ready
    const seen: string[] = []
    flow.resume = () => {
      if (!seen.includes('3')) flow.say('3')
    }

    attempt.deliver({
      item: (bytes) => {
        seen.push(Buffer.from(bytes).toString())
        attempt.pause()
        attempt.resume()
      },
      end: () => {},
      fail: () => {},
    })

    expect(seen).toEqual(['1', '2', '3'])
  })

  it('stays paused when the receiver had enough of what was held', async () => {
    const { flow, attempt } = flowing()
    await settle()
    flow.say('1')
    await attempt.ready

    attempt.deliver({ item: () => attempt.pause(), end: () => {}, fail: () => {} })

    expect(flow.paused).toBe(true)
  })

  it('stops in the middle of what was held when the receiver aborts', async () => {
    const { flow, attempt } = flowing()
    await settle()
    flow.say('1')
    flow.say('2')
    flow.receiver?.end()
    await attempt.ready
    const seen: string[] = []

    attempt.deliver({
      item: (bytes) => {
        seen.push(Buffer.from(bytes).toString())
        attempt.abort(gone)
      },
      end: () => seen.push('[end]'),
      fail: (error: GatewayError) => seen.push(error.code),
    })

    expect(seen).toEqual(['1'])
    expect(await attempt.outcome).toMatchObject({ result: 'cancelled' })
  })

  it('has no answer to show before it came', () => {
    const { attempt } = attemptOf(() => new Promise(() => {}))

    expect(() => attempt.answer).toThrow('no answer yet')
  })
})
