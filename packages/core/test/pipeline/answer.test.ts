import { describe, expect, it } from 'vitest'
import { Attempt, type OpenedAnswer } from '../../src/attempt/attempt.ts'
import type { AnswerSink, Headers } from '../../src/body.ts'
import { defaultLimits } from '../../src/config.ts'
import type { Route } from '../../src/outcome.ts'
import { Answer } from '../../src/pipeline/answer.ts'
import { CallState } from '../../src/pipeline/call-state.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { recordingSink, tinyCall } from '../support/gateway-parts.ts'
import { HandFlow } from '../support/loop-parts.ts'
import { failure } from '../support/pool-parts.ts'

const limits = { ...defaultLimits, holdMs: 1_000, keepAliveMs: 500 }
const cut = failure('upstream_unreachable')
const forwarded: Route = { backend: 'a', target: 't', model: 'm', way: 'forward' }
const said = (text: string) => Buffer.from(text)

/** An answer to a call, and everything that the client got. */
function answerTo(
  {
    stream = true,
    framing,
  }: { readonly stream?: boolean; readonly framing?: 'json' | 'json-array' } = {},
  sink: AnswerSink & Pick<ReturnType<typeof recordingSink>, 'received'> = recordingSink(),
) {
  const clock = new FakeClock()
  const input = tinyCall({ model: 'm', stream })
  const read = input.dialect.head(input)
  const head = framing === undefined ? read : { ...read, framing }
  const call = new CallState({ id: 'call', input, head, principal: { id: 'p', name: 'p' } })
  const answer = new Answer({ sink, input, id: 'call', clock })
  answer.enter(call)
  return { sink, clock, call, answer }
}

/** An attempt that is ready to be delivered. */
async function readyAttempt(
  route: Partial<Route> = {},
  opened: Partial<OpenedAnswer<Uint8Array>> = {},
  dropped: readonly string[] = [],
) {
  const flow = new HandFlow()
  const attempt = new Attempt<Uint8Array>({
    route: { ...forwarded, ...route },
    open: async () => ({ flow, status: 200, headers: {}, framing: 'sse', ...opened }),
    clock: new FakeClock(),
    maxHeldBytes: 1_000,
    attribution: { backend: 'a' },
    guardMs: 0,
    dropped,
    onFirstPart: () => {},
  })
  await settle()
  flow.say('hello')
  await attempt.ready
  return { flow, attempt }
}

describe('a client that waits', () => {
  it('gets keep-alives after the hold, which commit 200', async () => {
    const { answer, clock, sink } = answerTo()
    answer.keepAlive(limits)
    await clock.advance(999)
    expect(sink.received.status).toBeUndefined()

    await clock.advance(1_001)

    expect(sink.received).toMatchObject({ status: 200, text: ': wait\n\n'.repeat(3) })
    expect(sink.received.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-jackfield-request-id': 'call',
    })
    expect(answer.status).toBe(200)
  })

  it('learns of a later failure by an event', async () => {
    const { answer, clock, sink } = answerTo()
    answer.keepAlive(limits)
    await clock.advance(1_000)

    answer.fail({ error: cut, raw: { status: 502, headers: {}, body: said('raw') } })

    expect(sink.received).toMatchObject({
      status: 200,
      text: ': wait\n\ndata: [error] upstream_unreachable\n\n',
      ending: 'end',
    })
    expect(clock.timers).toBe(0)
  })

  it('sees a broken connection where no event can be made', async () => {
    const { answer, call, clock, sink } = answerTo()
    answer.keepAlive(limits)
    await clock.advance(1_000)
    Object.assign(call.input, {
      dialect: { ...call.input.dialect, chat: { streamEncoder: () => undefined } },
    })

    answer.fail({ error: cut })

    expect(sink.received.ending).toBe('destroy')
  })

  it('gets the answer behind the keep-alives, with one status', async () => {
    const { answer, clock, sink } = answerTo()
    answer.keepAlive(limits)
    await clock.advance(1_000)
    const { attempt, flow } = await readyAttempt()

    answer.deliver(attempt)
    flow.receiver?.end()
    await clock.advance(10_000)

    expect(sink.received).toMatchObject({ text: ': wait\n\nhello', ending: 'end' })
    expect(clock.timers).toBe(0)
  })

  it.each([
    ['the hold is 0', {}, 0],
    ['the client does not stream', { stream: false }, 1_000],
    ['the answer is one document', { framing: 'json' as const }, 1_000],
  ])('gets none when %s', async (_name, kind, holdMs) => {
    const { answer, clock, sink } = answerTo(kind)
    answer.keepAlive({ ...limits, holdMs })
    await clock.advance(100_000)

    expect(sink.received.status).toBeUndefined()
    expect(clock.timers).toBe(0)
  })

  it('gets them as JSON where the stream is an array', async () => {
    const { answer, clock, sink } = answerTo({ framing: 'json-array' })
    answer.keepAlive(limits)
    await clock.advance(1_000)

    expect(sink.received.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it('gets nothing more when it has gone', async () => {
    const { answer, clock, sink } = answerTo()
    answer.keepAlive(limits)
    const { attempt, flow } = await readyAttempt()
    answer.drop()
    await clock.advance(10_000)
    answer.deliver(attempt)
    flow.say('more')
    flow.receiver?.fail(cut, false)
    answer.fail({ error: cut })

    expect(sink.received).toEqual({ status: undefined, headers: {}, text: '', ending: undefined })
    expect(answer.status).toBe(499)
    expect(clock.timers).toBe(0)
  })

  it('gets nothing more when it goes in the middle of an answer', async () => {
    const { answer, sink } = answerTo()
    const { attempt, flow } = await readyAttempt()
    answer.deliver(attempt)
    answer.drop()
    flow.say('more')
    flow.receiver?.end()

    expect(sink.received).toMatchObject({ text: 'hello', ending: undefined })
  })
})

describe('the headers of an answer', () => {
  const headersOf = async (
    attempt: Attempt<Uint8Array>,
    kind: Parameters<typeof answerTo>[0] = {},
    annotate: (call: CallState) => void = () => {},
  ): Promise<Headers> => {
    const { answer, call, sink } = answerTo(kind)
    annotate(call)
    answer.deliver(attempt)
    return sink.received.headers
  }

  it('name the call and the route, whatever characters are in it', async () => {
    const { attempt } = await readyAttempt({ target: 'clé', model: 'm\r\nx: y \ud800 日' })

    expect(await headersOf(attempt)).toMatchObject({
      'x-jackfield-request-id': 'call',
      'x-jackfield-route': 'a.cl%C3%A9:m%0D%0Ax: y %EF%BF%BD %E6%97%A5',
    })
  })

  it('say what was dropped, and nothing when nothing was', async () => {
    const { attempt } = await readyAttempt({}, {}, ['top_k', 'naïve'])
    expect(await headersOf(attempt)).toMatchObject({ 'x-jackfield-dropped': 'top_k, na%C3%AFve' })

    const { attempt: plain } = await readyAttempt()
    expect(await headersOf(plain)).not.toHaveProperty('x-jackfield-dropped')
  })

  it('are the provider’s only where the dialect allows them', async () => {
    const headers = {
      'x-provider-limit': '7',
      'set-cookie': 'secret',
      'content-type': 'text/event-stream;odd',
      'x-jackfield-request-id': 'theirs',
    }
    const { attempt } = await readyAttempt({}, { headers })

    expect(await headersOf(attempt)).toEqual({
      'x-provider-limit': '7',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-jackfield-route': 'a.t:m',
      'x-jackfield-request-id': 'call',
    })
  })

  it('carry what stages added, safely', async () => {
    const { attempt } = await readyAttempt()

    const headers = await headersOf(attempt, {}, (call) => call.annotate('x-note', 'a\r\nb: c'))

    expect(headers['x-note']).toBe('a%0D%0Ab: c')
  })

  it('say how long a whole answer is', async () => {
    const { attempt } = await readyAttempt(
      {},
      { headers: { 'content-type': 'application/json;x' } },
    )

    expect(await headersOf(attempt, { stream: false })).toMatchObject({
      'content-length': '5',
      'content-type': 'application/json;x',
    })
  })

  it('keep status and document of a relayed answer', async () => {
    const { answer, sink } = answerTo({ stream: false })
    const headers = { 'content-type': 'audio/mpeg', 'content-length': '5', etag: 'e', via: 'v' }
    const { attempt, flow } = await readyAttempt({ way: 'relay' }, { status: 206, headers })
    answer.deliver(attempt)
    flow.receiver?.end()

    expect(sink.received).toMatchObject({ status: 206, text: 'hello', ending: 'end' })
    expect(sink.received.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '5',
      etag: 'e',
    })
    expect(sink.received.headers).not.toHaveProperty('via')
  })
})

describe('an answer that breaks', () => {
  const broken = async (told: boolean) => {
    const made = answerTo()
    const { attempt, flow } = await readyAttempt()
    made.answer.deliver(attempt)
    flow.receiver?.fail(cut, told)
    const { error } = await attempt.outcome
    return { ...made, error }
  }

  it('says so, and ends', async () => {
    const { sink, error } = await broken(false)

    expect(sink.received).toMatchObject({ text: 'hello[stream_interrupted]', ending: 'end' })
    expect(error?.code).toBe('stream_interrupted')
  })

  it('does not say twice what it said itself', async () => {
    const { sink, error } = await broken(true)

    expect(sink.received).toMatchObject({ text: 'hello', ending: 'end' })
    expect(error).toBe(cut)
  })

  it.each([
    ['cannot say so', () => undefined],
    [
      'fails to say so',
      () => {
        throw new Error('bug')
      },
    ],
  ])('closes the connection where its framing %s', async (_name, interruption) => {
    const { answer, sink } = answerTo()
    const { attempt, flow } = await readyAttempt()
    Object.assign(flow, { interruption })
    answer.deliver(attempt)

    flow.receiver?.fail(cut, false)

    expect(sink.received.ending).toBe('destroy')
  })

  it('is ended in its own words when the gateway stops it', async () => {
    const { answer, sink } = answerTo()
    const { attempt } = await readyAttempt()
    answer.deliver(attempt)

    answer.fail({ error: failure('no_available_target') })
    answer.fail({ error: failure('internal') })

    expect(sink.received).toMatchObject({ text: 'hello[no_available_target]', ending: 'end' })
  })

  it('gets no event of another protocol when it is relayed', async () => {
    const { answer, sink } = answerTo({ stream: false })
    const { attempt, flow } = await readyAttempt({ way: 'relay' })
    Object.assign(flow, { interruption: () => undefined })
    answer.deliver(attempt)

    answer.fail({ error: cut })

    expect(sink.received).toMatchObject({ text: 'hello', ending: 'destroy' })
  })
})

describe('a failure before the answer', () => {
  const raw = {
    status: 422,
    headers: { 'content-type': 'text/odd', 'x-provider-id': 'p', 'set-cookie': 's' },
    body: said('as they said'),
  }
  const failed = (code: Parameters<typeof failure>[0], route?: Route, status = 422) => {
    const { answer, sink } = answerTo()
    const error = failure(code, { upstream: { backend: 'a', status } })
    answer.fail({ error, raw }, route)
    return { ...sink.received, answered: answer.status }
  }

  it('is relayed as it came where the caller is at fault and the call was forwarded', () => {
    const { status, headers, text, answered } = failed('invalid_request', forwarded)

    expect({ status, text, answered }).toEqual({ status: 422, text: 'as they said', answered: 422 })
    expect(headers).toEqual({
      'content-type': 'text/odd',
      'x-provider-id': 'p',
      'content-length': '12',
      'x-jackfield-route': 'a.t:m',
      'x-jackfield-request-id': 'call',
    })
  })

  it.each([
    ['translated', 'invalid_request', 'translate', 422],
    ['virtual', 'invalid_request', 'virtual', 422],
    ['forwarded, but our fault', 'upstream_rate_limited', 'forward', 429],
    ['forwarded, but the provider’s fault', 'upstream_error', 'forward', 500],
    ['relayed, but about our account', 'upstream_credentials_rejected', 'relay', 401],
    ['relayed, but the provider’s fault', 'upstream_error', 'relay', 500],
  ] as const)('is told in our words where the call was %s', (_name, code, way, upstream) => {
    const { status, text, headers } = failed(code, { ...forwarded, way }, upstream)

    expect(JSON.parse(text)).toEqual({ code, message: `it failed: ${code}` })
    expect(status).toBe(failure(code).status)
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
    expect(headers['x-jackfield-route']).toBe('a.t:m')
  })

  it('is relayed where the call was, and the provider judged the request', () => {
    expect(failed('upstream_model_unavailable', { ...forwarded, way: 'relay' }, 404)).toMatchObject(
      {
        status: 422,
        text: 'as they said',
      },
    )
  })

  it('is told once', () => {
    const { answer, sink } = answerTo()
    answer.fail({ error: failure('invalid_request') })
    answer.fail({ error: failure('internal') })

    expect(sink.received.status).toBe(400)
  })
})

describe('back-pressure of the client', () => {
  it('pauses the answer until the client may take more', async () => {
    let drain = () => {}
    const plain = recordingSink()
    const sink = {
      ...plain,
      get received() {
        return plain.received
      },
      write(chunk: Uint8Array) {
        plain.write(chunk)
        return false
      },
      onDrain(callback: () => void) {
        drain = callback
      },
    }
    const { answer } = answerTo({}, sink)
    const { attempt, flow } = await readyAttempt()
    answer.deliver(attempt)
    expect(flow.paused).toBe(true)

    drain()

    expect(flow.paused).toBe(false)
  })
})

describe('an answer of the gateway itself', () => {
  it.each([
    [true, 'text/event-stream; charset=utf-8'],
    [false, 'application/json'],
  ])('is whole: streamed %s', (stream, type) => {
    const { answer, call, sink } = answerTo({ stream })
    call.annotate('x-note', 'n')
    answer.reply(said('hi'))

    expect(sink.received).toMatchObject({ status: 200, text: 'hi', ending: 'end' })
    expect(sink.received.headers).toMatchObject({
      'content-type': type,
      'x-note': 'n',
      'x-jackfield-request-id': 'call',
      ...(stream ? {} : { 'content-length': '2' }),
    })
  })
})
