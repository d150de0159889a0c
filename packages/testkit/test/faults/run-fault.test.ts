import { describe, expect, it } from 'vitest'
import type { FakeServer } from '../../src/fake/fake-server.ts'
import { reply } from '../../src/fake/script.ts'
import type { FaultCase } from '../../src/faults/fault.ts'
import { faultCase, faultCases } from '../../src/faults/faults.ts'
import { renderFault } from '../../src/faults/render-fault.ts'
import { faultAnswerText, faultSecret } from '../../src/faults/renderer.ts'
import { runFault } from '../../src/faults/run-fault.ts'
import { type Ending, httpRequest, type RawClient, rawClient, turns } from '../raw-client.ts'
import { serve } from '../serve.ts'

const dialect = 'openai-chat' as const

/** What a TCP client sees. */
interface Sight {
  /** `open`: nothing more comes. `flowing`: it does not stop coming. */
  readonly ending: Ending | 'open' | 'connecting' | 'flowing'
  readonly received: string
  /** What came before the body's end mark, chunk framing taken off. */
  readonly status?: number
  readonly headers?: string
  readonly body?: string
  /** Whether the HTTP message was complete. */
  readonly complete?: boolean
}

const nothing = { received: '' }
const interrupted = { ending: 'fin', status: 200, complete: false } as const
const whole = { ending: 'fin', status: 200, complete: true } as const
const failed = (status: number, body: string): object => ({
  ending: 'fin',
  status,
  complete: true,
  body: expect.stringContaining(body),
})
const prelude = expect.stringMatching(/^data: \{.*"role":"assistant".*\}\n\n$/)
const firstPart = expect.stringMatching(/"content":"Hello"\},.*\}\n\n$/)
const header = (text: string): object => ({ headers: expect.stringContaining(text) })

/** What is seen of each fault. `stream` and `unary` where they differ. */
const sights: Readonly<
  Record<string, object | { readonly stream: object; readonly unary: object }>
> = {
  'connection-refused': { ending: 'ECONNREFUSED', ...nothing },
  'connect-hang': { ending: 'connecting', ...nothing },
  'reset-at-accept': { ending: 'ECONNRESET', ...nothing },
  'accept-never-read': { ending: 'open', ...nothing },
  'reset-while-uploading': { ending: 'ECONNRESET', ...nothing },
  'reset-before-headers': { ending: 'ECONNRESET', ...nothing },
  'reset-before-headers/closed': { ending: 'fin', ...nothing },
  'hang-before-headers': { ending: 'open', ...nothing },
  'malformed-http': { ending: 'fin', status: Number.NaN, ...header('HTTP/1.1 2OO OK') },
  'malformed-http/tls-alert': { ending: 'fin', ...header('\x15\x03\x03\0\x02\x02\x28') },
  'malformed-http/headers-too-large': {
    ...whole,
    ...header(`x-padding: ${'x'.repeat(131_072)}`),
  },
  'bad-request': failed(400, '"param":"temperature"'),
  'bad-request/unprocessable': failed(422, '{"detail":[{'),
  'context-length-exceeded': failed(400, '"code":"context_length_exceeded"'),
  'content-filtered': failed(400, '"code":"content_filter"'),
  'key-rejected': failed(401, faultSecret),
  'quota-exhausted': failed(429, '"code":"insufficient_quota"'),
  'quota-exhausted/payment-required': failed(402, '"code":402'),
  forbidden: failed(403, '"type":"permission_error"'),
  'forbidden/model': failed(403, '"code":"model_not_found"'),
  'model-not-found': failed(404, '"code":"model_not_found"'),
  'model-not-found/path': failed(404, '{"detail":"Not Found"}'),
  'payload-too-large': failed(413, 'too large'),
  'rate-limited': { ...failed(429, 'rate_limit_exceeded'), ...header('\r\nretry-after: 7\r\n') },
  'rate-limited/http-date': {
    ...failed(429, 'rate_limit_exceeded'),
    ...header('\r\nretry-after: Thu, 01 Jan 1970 00:00:21 GMT\r\n'),
  },
  'rate-limited/milliseconds': {
    ...failed(429, 'rate_limit_exceeded'),
    ...header('\r\nretry-after-ms: 1500\r\n'),
  },
  'rate-limited/no-hint': {
    ...failed(429, 'rate_limit_exceeded'),
    headers: expect.not.stringContaining('retry-after'),
  },
  'transient-error': failed(500, '"type":"server_error"'),
  'transient-error/html': failed(500, '<html>'),
  'transient-error/bad-gateway': failed(502, '<html>'),
  'transient-error/conflict': failed(409, '{"error":'),
  overloaded: { ...failed(503, 'overloaded'), headers: expect.not.stringContaining('retry-') },
  'overloaded/retry-after': { ...failed(503, 'overloaded'), ...header('\r\nretry-after: 3\r\n') },
  'overloaded/529': failed(529, 'overloaded'),
  'timeout-status': failed(504, 'timed out'),
  'timeout-status/request-timeout': failed(408, 'timed out'),
  'error-in-200': { ...failed(200, '"type":"server_error"'), ...header('application/json') },
  'empty-body': {
    stream: { ...whole, body: '', ...header('text/event-stream') },
    unary: { ...whole, body: '', ...header('application/json') },
  },
  'empty-body/no-content': { ending: 'fin', status: 204, body: '' },
  'broken-json-body': { ...whole, body: expect.stringMatching(/^\{"id"[^}]*$/) },
  'broken-json-body/html': failed(200, '<html>'),
  'body-cut': { ...interrupted, ...header('content-length: '), body: expect.stringMatching(/^\{/) },
  'body-cut/reset': { ...interrupted, ending: 'ECONNRESET', body: expect.stringMatching(/^\{/) },
  'body-cut/bad-chunk-size': {
    ending: 'fin',
    complete: false,
    ...header('transfer-encoding: chunked'),
  },
  'body-too-large': { ending: 'flowing', status: 200, complete: false },
  'completion-for-stream': {
    ...failed(200, `"content":"${faultAnswerText}"`),
    ...header('application/json'),
  },
  'events-for-unary': { ...failed(200, 'data: [DONE]\n\n'), ...header('text/event-stream') },
  'unasked-gzip': {
    ...whole,
    ...header('content-encoding: gzip'),
    body: expect.stringContaining(String.fromCharCode(0x1f, 0x8b)),
  },
  'error-before-first-part': {
    ...whole,
    body: expect.stringMatching(/^data: \{"error":.*server_error.*\n\n$/),
  },
  'error-before-first-part/after-prelude': failed(200, 'data: {"error":'),
  'error-before-first-part/overloaded': failed(200, '"code":"server_is_overloaded"'),
  'cut-before-first-part': { ...interrupted, body: prelude },
  'cut-before-first-part/clean-end': { ...whole, body: prelude },
  'stall-before-first-part': { ending: 'open', status: 200, body: '' },
  'stall-before-first-part/after-prelude': { ending: 'open', status: 200, body: prelude },
  'cut-mid-stream': { ...interrupted, body: firstPart },
  'cut-mid-stream/reset': { ...interrupted, ending: 'ECONNRESET', body: firstPart },
  'cut-mid-stream/inside-event': {
    ...interrupted,
    body: expect.stringMatching(/Hello.*\n\ndata: \{.*"content":"$/),
  },
  'stall-mid-stream': { ending: 'open', status: 200, body: firstPart },
  'error-mid-stream': {
    ...whole,
    body: expect.stringMatching(/Hello.*\n\ndata: \{"error":.*\n\n$/),
  },
  'error-mid-stream/refused': {
    ...whole,
    body: expect.stringMatching(/Hello.*\n\ndata: \{"error":.*content_filter.*\n\n$/),
  },
  'broken-event-mid-stream': failed(200, '{"cont\n\n'),
  'oversized-event': { ending: 'flowing', status: 200, complete: false },
  'missing-terminator': {
    ...whole,
    body: expect.stringMatching(/from the fake provider\.[\s\S]*"finish_reason":"stop".*\n\n$/),
  },
  'missing-finish': {
    ...whole,
    body: expect.stringMatching(/^(?![\s\S]*"finish_reason":")[\s\S]*provider[\s\S]*\[DONE\]\n\n$/),
  },
  'missing-finish-and-terminator': {
    ...whole,
    body: expect.stringMatching(/^(?![\s\S]*"finish_reason":")(?![\s\S]*DONE)[\s\S]*provider/),
  },
  'missing-finish-and-terminator/inside-event': {
    ...whole,
    body: expect.stringMatching(/provider.*\n\ndata: \{.*"content":"$/),
  },
  'garbage-after-terminator': failed(200, 'data: [DONE]\n\n}{ garbage\n\n'),
  'garbage-after-terminator/cut': { ...interrupted, body: expect.stringMatching(/\[DONE\]\n\n$/) },
  'garbage-after-terminator/open': {
    ending: 'open',
    status: 200,
    complete: false,
    body: expect.stringMatching(/\[DONE\]\n\n$/),
  },
}

const call = httpRequest('POST /v1/chat/completions', '{}', { connection: 'close' })

async function look(server: FakeServer, fault: FaultCase): Promise<Sight> {
  const client = rawClient(server.port, call)
  const ending = await Promise.race([client.ended, ...endless(server, fault, client)])
  const received = client.received()
  return { ending, received, ...parse(received) }
}

/** What ends the looking where the fault does not end. */
function endless(
  server: FakeServer,
  { script }: FaultCase,
  client: RawClient,
): readonly Promise<Sight['ending']>[] {
  if (script.at === 'listener') {
    const connecting = async (): Promise<Sight['ending']> => {
      await turns(200)
      return client.socket.connecting ? 'connecting' : 'open'
    }
    return [connecting()]
  }
  const last = script.steps.at(-1)?.do
  const flood = new Promise<'flowing'>((resolve) => {
    client.socket.on('data', () => {
      if (client.socket.bytesRead > 2_000_000) resolve('flowing')
    })
  })
  if (last !== 'hang') return [flood]
  const hang = async (): Promise<'open'> => {
    if (script.at === 'connection') await server.waitForConnection(1)
    else await server.waitForState(await server.waitForRequest(1), 'hanging')
    await turns(20)
    return 'open'
  }
  return [hang()]
}

function parse(received: string): Omit<Sight, 'ending' | 'received'> {
  const at = received.indexOf('\r\n\r\n')
  if (received === '') return {}
  const headers = at < 0 ? received : received.slice(0, at + 2)
  const raw = at < 0 ? '' : received.slice(at + 4)
  const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1]
  const status = Number(headers.split(' ')[1])
  if (length !== undefined) {
    return { headers, status, body: raw, complete: raw.length === Number(length) }
  }
  const body = raw.replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n(?=[0-9a-f]+\r\n|$)/g, '$1')
  return { headers, status, body, complete: raw.endsWith('0\r\n\r\n') }
}

describe('runFault', () => {
  const cases = [true, false].flatMap((stream) =>
    faultCases({ dialect, stream }).map((fault) => ({ id: fault.id, fault, stream })),
  )

  it('is observed here for every fault and variant', () => {
    expect(Object.keys(sights)).toEqual(faultCases({ dialect }).map((fault) => fault.id))
  })

  it.each(cases)('plays $id (stream: $stream) on the wire', async ({ id, fault, stream }) => {
    const server = await serve(reply(200, 'as before'))
    const expected = sights[id] ?? {}
    const kind = stream ? 'stream' : 'unary'

    await runFault(server, fault, { dialect, stream, now: () => 500 })
    const sight = await look(server, fault)

    expect(sight).toMatchObject('stream' in expected ? Reflect.get(expected, kind) : expected)
  })

  it.each([
    ['rate-limited', 'a request'],
    ['reset-at-accept', 'a connection'],
  ])('plays %s to so many calls and then does what it did before (%s)', async (id) => {
    const server = await serve(reply(200, 'as before'))
    const fault = faultCase(id)

    await runFault(server, fault, { dialect, stream: false, times: 2 })
    const sights = [await look(server, fault), await look(server, fault)]
    const after = await look(server, fault)

    for (const sight of sights) expect(sight.body ?? '').not.toContain('as before')
    expect(after.body).toBe('as before')
  })

  it.each(['connection-refused', 'reset-at-accept'])(
    'drops kept connections for %s, which comes before a request',
    async (id) => {
      const server = await serve(reply(200, 'as before'))
      const client = rawClient(server.port, httpRequest('GET /'))
      await client.receives('as before')

      await runFault(server, faultCase(id), { dialect, stream: false })

      expect(await client.ended).toBe('fin')
    },
  )

  it('listens again for a fault that needs a connection', async () => {
    const server = await serve(reply(200, 'as before'))
    await runFault(server, faultCase('connection-refused'), { dialect, stream: false })

    await runFault(server, faultCase('overloaded'), { dialect, stream: false })

    expect(await look(server, faultCase('overloaded'))).toMatchObject({ status: 503 })
  })

  it('refuses what cannot happen', async () => {
    const server = await serve(reply(200, 'as before'))
    const refused = faultCase('connection-refused')

    await expect(
      runFault(server, faultCase('cut-mid-stream'), { dialect, stream: false }),
    ).rejects.toThrow('does not happen to unary openai-chat calls')
    await expect(
      runFault(server, faultCase('missing-finish'), { dialect: 'gemini', stream: true }),
    ).rejects.toThrow('does not happen to streamed gemini calls')
    await expect(runFault(server, refused, { dialect, stream: true, times: 1 })).rejects.toThrow(
      'cannot be counted',
    )
    expect(() => renderFault(refused, { dialect, stream: true })).toThrow('needs runFault')
  })
})
