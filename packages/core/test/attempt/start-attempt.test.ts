import { describe, expect, it } from 'vitest'
import type { Parts } from '../../src/attempt/answer-flow.ts'
import type { Leg } from '../../src/attempt/leg.ts'
import { startClientAttempt, startPartsAttempt } from '../../src/attempt/start-attempt.ts'
import type { Backend, Handling, WireResult } from '../../src/backend.ts'
import { defaultLimits, defaultNetwork } from '../../src/config.ts'
import { silentLogger } from '../../src/log.ts'
import { createMemoryStateStore } from '../../src/memory-state-store.ts'
import { CallState } from '../../src/pipeline/call-state.ts'
import { StoredAnswers } from '../../src/pipeline/stored-answers.ts'
import { fixedTargets } from '../../src/pool/target.ts'
import { type BackendInstance, brokenBackend } from '../../src/registry/backend-instance.ts'
import { CallStates } from '../../src/state/call-states.ts'
import { StateMemory } from '../../src/state/state-memory.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { saying, tinyCall } from '../support/gateway-parts.ts'
import { failure, tinyTarget } from '../support/pool-parts.ts'
import { ScriptedBody } from '../support/scripted-body.ts'
import { tinyDialect } from '../support/tiny-dialect.ts'

const gone = failure('client_closed_request')
const dialect = tinyDialect()
const forward: Handling = { way: 'forward', surface: 's', dialect }
const translate: Handling = { way: 'translate', surface: 's', dialect, streaming: 'as-asked' }

/** An attempt of a backend that is nothing but these members. */
function legOf(
  handling: Exclude<Handling, { way: 'refuse' }>,
  members: Pick<Backend, 'send' | 'chat'>,
  stream = true,
) {
  const clock = new FakeClock()
  const store = createMemoryStateStore({ clock })
  const errors: unknown[] = []
  const input = tinyCall({ model: 'm', stream })
  const head = input.dialect.head(input)
  const call = new CallState({ id: 'call', input, head, principal: { id: 'p', name: 'p' } })
  const targets = fixedTargets([], { strategy: 'round-robin', affinity: 'none' })
  const backend: Backend = {
    operations: new Set(['chat']),
    targets,
    handling: () => handling,
    ...members,
  }
  const leg: Leg = {
    call,
    head,
    // An attempt uses no more of an instance than this.
    instance: {
      name: 'a',
      backend,
      broke(thrown: unknown, callId: string) {
        errors.push({ backend: 'a', callId, err: thrown })
        return brokenBackend('a', thrown)
      },
    } as unknown as BackendInstance,
    lease: {
      target: tinyTarget('1'),
      leftOut: [],
      mustRest: false,
      firstPart: () => {},
      release: () => {},
    },
    handling,
    settings: { overrides: {}, defaults: {} },
    environment: {
      clock,
      log: silentLogger,
      limits: defaultLimits,
      network: defaultNetwork,
      ensureUsage: false,
      answers: new StoredAnswers(store, () => {}),
    },
    request: () => call.request(),
    states: new CallStates({
      memory: new StateMemory(store, () => {}),
      owner: 'p',
      dialect: call.dialect,
      isTracked: false,
    }),
    transforms: [],
    dispatch: () => {
      throw new Error('nothing to dispatch to')
    },
  }
  return { leg, call, clock, errors }
}

/** Nothing checks what a plugin that is not written in TypeScript gives. */
const sending = (result: unknown) => ({ send: async () => result as WireResult })
const ok = (framing: unknown, body: unknown, rest: object = {}) => ({
  ok: { status: 200, headers: {}, framing, body, ...rest },
})

describe('a backend whose code is broken', () => {
  const junk: readonly (readonly [string, Pick<Backend, 'send'>])[] = [
    [
      'throws at once',
      {
        send: () => {
          throw new Error('bug')
        },
      },
    ],
    ['rejects with an error', { send: () => Promise.reject(new Error('bug')) }],
    ['rejects with nothing', { send: () => Promise.reject(undefined) }],
    ['returns no promise', { send: () => 7 as unknown as Promise<WireResult> }],
    ['resolves to nothing', sending(undefined)],
    ['resolves to a text', sending('ok')],
    ['resolves to an empty object', sending({})],
    ['fails without a known error', sending({ failed: new Error('bug') })],
    ['answers with nothing', sending({ ok: undefined })],
    ['answers without a body', sending(ok('sse', undefined))],
    ['answers with a body that cannot be cancelled', sending(ok('sse', { start: () => {} }))],
    ['answers in an unknown framing', sending(ok('carrier pigeon', new ScriptedBody()))],
    ['answers without headers', sending(ok('sse', new ScriptedBody(), { headers: undefined }))],
  ]

  it.each(junk)('is named when its send() %s', async (_name, members) => {
    for (const handling of [forward, translate]) {
      const { leg, call, errors } = legOf(handling as Leg['handling'], members)
      const attempt = startClientAttempt(leg, call)

      expect(await attempt.ready).toMatchObject({
        error: {
          code: 'upstream_error',
          message: 'The backend "a" failed unexpectedly. The log has the details.',
        },
      })
      expect(await attempt.outcome).toMatchObject({ result: 'failed' })
      expect(errors).toMatchObject([{ backend: 'a', callId: 'call' }])
    }
  })

  it('is named when its chat() throws or returns no iterable', async () => {
    const chats = [
      () => {
        throw new Error('bug')
      },
      () => undefined,
      () => 'parts',
    ] as unknown as readonly NonNullable<Backend['chat']>[]
    for (const chat of chats) {
      const { leg, errors } = legOf({ way: 'virtual' }, { chat })

      expect(await startPartsAttempt(leg).ready).toMatchObject({
        error: { code: 'upstream_error', upstream: { backend: 'a' } },
      })
      expect(errors).toHaveLength(1)
    }
  })

  it('is not blamed in the log for what it throws because it was aborted', async () => {
    const { leg, call, errors } = legOf(forward as Leg['handling'], {
      send: (_request, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    })
    const attempt = startClientAttempt(leg, call)
    await settle()

    attempt.abort(gone)
    await settle()

    expect(await attempt.ready).toEqual({ error: gone })
    expect(errors).toEqual([])
  })

  it('keeps its own error and the provider’s answer', async () => {
    const raw = { status: 422, headers: {}, body: Buffer.from('no') }
    const failed = failure('invalid_request')
    const { leg, call, errors } = legOf(forward as Leg['handling'], sending({ failed, raw }))

    expect(await startClientAttempt(leg, call).ready).toEqual({ error: failed, raw })
    expect(errors).toEqual([])
  })
})

describe('an attempt that is aborted', () => {
  it('cancels a body that it is reading whole', async () => {
    const body = new ScriptedBody(['{'], 'open')
    for (const handling of [forward, translate]) {
      const { leg, call } = legOf(handling as Leg['handling'], sending(ok('json', body)), false)
      const attempt = startClientAttempt(leg, call)
      await settle()

      attempt.abort(gone)

      expect(body.cancelled).toBe(gone)
      expect(await attempt.outcome).toMatchObject({ result: 'cancelled' })
      body.cancelled = undefined
      body.started = false
    }
  })

  it.each(['json', 'sse'])('cancels an answer that comes too late: %s', async (framing) => {
    const late = Promise.withResolvers<WireResult>()
    const body = new ScriptedBody(['x'])
    const { leg, call } = legOf(forward as Leg['handling'], { send: () => late.promise })
    const attempt = startClientAttempt(leg, call)
    await settle()
    attempt.abort(gone)

    late.resolve(ok(framing, body) as WireResult)
    await settle()

    expect(body).toMatchObject({ cancelled: gone, started: false })
  })
})

describe('the guard over a silent backend', () => {
  it.each([
    ['a stream', true, 615_000],
    ['a whole answer, which shows nothing before it is complete', false, 615_000],
  ])('waits as long as the limits of the backend allow: %s', async (_name, stream, ms) => {
    const silent = { send: () => new Promise<WireResult>(() => {}) }
    const { leg, call, clock } = legOf(forward as Leg['handling'], silent, stream)
    const attempt = startClientAttempt(leg, call)
    let over = false
    void attempt.ready.then(() => {
      over = true
    })

    await clock.advance(ms - 1)
    expect(over).toBe(false)
    await clock.advance(1)
    expect(await attempt.ready).toMatchObject({ error: { code: 'upstream_timeout' } })
  })
})

describe('an answer that is not what the client asked for', () => {
  const collect = async (leg: Leg, call: CallState, body?: ScriptedBody) => {
    const attempt = startClientAttempt(leg, call)
    await settle()
    body?.flow()
    await settle()
    expect(await attempt.ready).toBeUndefined()
    let seen = ''
    attempt.deliver({
      item: (bytes) => {
        seen += Buffer.from(bytes).toString()
      },
      end: () => {},
      fail: ({ code }) => {
        seen += `[${code}]`
      },
    })
    await settle()
    body?.flow()
    await attempt.outcome
    return seen
  }

  it('is streamed although the provider did not', async () => {
    const body = new ScriptedBody(['{"said":"hello"}'])
    const { leg, call } = legOf(forward as Leg['handling'], sending(ok('json', body)), true)

    expect(await collect(leg, call, body)).toBe('data: hello\n\ndata: [end]\n\n')
  })

  it('is collected although the provider streams', async () => {
    const body = new ScriptedBody(['data: hel\n\n', 'data: lo\n\n', 'data: [end]\n\n'])
    const { leg, call } = legOf(forward as Leg['handling'], sending(ok('sse', body)), false)

    expect(await collect(leg, call, body)).toBe('{"said":"hello"}')
  })

  it('comes from a virtual backend like any other', async () => {
    const chat = (): AsyncIterable<Parts> => saying('one', 'two')
    const { leg, call } = legOf({ way: 'virtual' }, { chat })

    expect(await collect(leg, call)).toBe('data: one\n\ndata: two\n\ndata: [end]\n\n')
  })

  it('is refused when it is neither JSON nor a stream', async () => {
    const body = new ScriptedBody(['<html>'])
    const result = ok('opaque', body, { headers: { 'content-type': 'text/html' } })
    const { leg, call } = legOf(translate as Leg['handling'], sending(result))

    expect(await startClientAttempt(leg, call).ready).toMatchObject({
      error: {
        code: 'upstream_invalid_response',
        message: expect.stringContaining('text/html'),
      },
    })
    expect(body.cancelled?.code).toBe('upstream_invalid_response')
  })

  it('is refused when embeddings come as a stream', async () => {
    const body = new ScriptedBody(['data: x\n\n'])
    const { leg, call } = legOf(forward as Leg['handling'], sending(ok('sse', body)), false)
    const head = { ...leg.head, operation: 'embeddings' as const }

    expect(await startClientAttempt({ ...leg, head }, call).ready).toMatchObject({
      error: { code: 'upstream_invalid_response' },
    })
    expect(body.cancelled).toBeDefined()
  })

  it('is relayed as it is', async () => {
    const body = new ScriptedBody(['\u0001\u0002'])
    const relay: Handling = { way: 'relay', surface: 's', dialect }
    const { leg, call } = legOf(relay as Leg['handling'], sending(ok('opaque', body)))

    expect(await collect(leg, call, body)).toBe('\u0001\u0002')
  })
})
