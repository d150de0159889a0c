import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/call.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { Outcome } from '../../src/outcome.ts'
import type { PartTransform, Stage } from '../../src/pipeline/stage.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, inTurn, streams, whole } from '../support/fake-provider.ts'

async function gatewayWith(stages: readonly Stage[], provider = new FakeProvider()) {
  const fake = await fakeGateway({ backends: [provider.config()], stages })
  return { fake, provider }
}

const upper: PartTransform = (parts) =>
  parts.map((part) =>
    part.type === 'text-delta' ? { ...part, text: part.text.toUpperCase() } : part,
  )

describe('stages', () => {
  it('see a call one after the other, and its outcome at the end', async () => {
    const seen: string[] = []
    const outcomes: (Outcome | undefined)[] = []
    const stage = (name: string): Stage => ({
      name,
      request: async () => {
        seen.push(`${name} in`)
        await Promise.resolve()
        seen.push(`${name} out`)
        return undefined
      },
      settled: (_call, outcome) => {
        seen.push(`${name} settled`)
        outcomes.push(outcome)
      },
    })
    const { fake } = await gatewayWith([stage('a'), stage('b')])

    await fake.ask()

    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'a settled', 'b settled'])
    expect(outcomes).toMatchObject([{ result: 'done' }, { result: 'done' }])
  })

  it('may answer instead of a backend: later stages and backends never see the call', async () => {
    const later: string[] = []
    const { fake, provider } = await gatewayWith([
      { name: 'a', request: () => ({ content: [{ type: 'text', text: 'done' }] }) },
      { name: 'b', request: () => void later.push('b') },
    ])

    const sink = await fake.ask()
    const call = await fake.stream()
    await call.done

    expect(sink.json).toEqual({ text: 'done', done: 'stop', usage: 0 })
    expect(call.sink.text).toMatch(/"start".*\n.*"text":"done".*\n.*"done":"stop"/)
    expect([later, provider.sent]).toEqual([[], []])
    expect(fake.lastEnd).toMatchObject({ status: 200, attempts: 0 })
    await fake.expectRest()
  })

  it('cannot answer a call that has no such answer', async () => {
    const { fake } = await gatewayWith([
      { name: 'a', request: () => ({ content: [{ type: 'text', text: 'done' }] }) },
    ])

    expect((await fake.ask({ operation: 'embeddings' })).status).toBe(500)
  })

  it('refuse a call by throwing, and add their headers to the refusal', async () => {
    const { fake, provider } = await gatewayWith([
      {
        name: 'a',
        request: (call) => {
          call.annotate('x-limit-left', '0')
          throw new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 2_000 })
        },
      },
    ])

    const sink = await fake.ask()

    expect(sink.status).toBe(429)
    expect(sink.json).toEqual({ code: 'rate_limited', message: 'Slow down.' })
    expect(sink.headers).toMatchObject({ 'x-limit-left': '0', 'retry-after': '2' })
    expect(provider.sent).toEqual([])
  })

  it('that fail cost their call only, and the log has why', async () => {
    let calls = 0
    const { fake } = await gatewayWith([
      {
        name: 'a',
        request: () => {
          calls += 1
          if (calls === 1) throw new Error('secret detail')
          return undefined
        },
      },
    ])

    const first = await fake.ask()
    const second = await fake.ask()

    expect([first.status, second.status]).toEqual([500, 200])
    expect(first.text).not.toContain('secret detail')
    expect(fake.logged).toMatchObject([
      ['error', 'call failed', { err: { message: 'secret detail' } }],
    ])
  })

  it('that fail at hearing the end are logged, and the others hear it', async () => {
    const heard: string[] = []
    const { fake } = await gatewayWith([
      {
        name: 'a',
        settled: () => {
          throw new Error('x')
        },
      },
      { name: 'b', settled: () => heard.push('b') },
    ])

    await fake.ask()

    expect(heard).toEqual(['b'])
    expect(fake.logged).toMatchObject([['error', 'stage failed', { stage: 'a' }]])
    expect(fake.events['call-end']).toHaveLength(1)
  })

  it('that never end are not waited for longer than the client waits', async () => {
    const { fake } = await gatewayWith([{ name: 'a', request: () => new Promise(() => {}) }])
    const call = fake.call()
    await fake.clock.advance(1_000)

    call.leave()
    await call.done

    expect(fake.lastEnd).toMatchObject({ status: 499, attempts: 0 })
    await fake.expectRest()
  })

  it('see the identity of the conversation, and fields of the body', async () => {
    const calls: Call[] = []
    const { fake } = await gatewayWith([{ name: 'a', request: (call) => void calls.push(call) }])
    const body = { model: 'm', user: 'u', nested: { a: [1] } }

    await fake.ask({ body, headers: { 'x-jackfield-session': 's' }, clientAddress: '1.2.3.4' })
    await fake.ask({ body: { ...body, text: 'other' }, headers: { 'x-jackfield-session': 's' } })
    await fake.ask({ body })

    const [first, second, third] = calls
    expect(first?.field('nested')).toEqual({ a: [1] })
    expect(first?.field('none')).toBeUndefined()
    expect(first?.session).toBe(second?.session)
    expect(first?.session).not.toBe(third?.session)
    expect(first?.affinityKey).not.toBe(third?.affinityKey)
  })
})

describe('a stage that changes answers', () => {
  it('takes the call off the forward way, whole or streamed', async () => {
    const { fake } = await gatewayWith([{ name: 'a', response: () => upper }])

    const sink = await fake.ask()
    const call = await fake.stream()
    await call.done

    expect(sink.json).toEqual({ text: 'HELLO', done: 'stop' })
    expect(call.sink.text).toBe('{"text":"HELLO"}\n{"done":"stop"}\n')
    expect(fake.lastEnd.route?.way).toBe('translate')
    await fake.expectRest()
  })

  it('leaves calls alone that have no parts, or that it does not want', async () => {
    const { fake } = await gatewayWith([
      { name: 'a', response: () => upper },
      { name: 'b', response: () => undefined },
    ])

    await fake.ask({ operation: 'embeddings' })

    expect(fake.lastEnd.route?.way).toBe('forward')
    expect(fake.lastEnd.status).toBe(200)
  })

  it('starts anew with every attempt', async () => {
    let made = 0
    const collecting: Stage = {
      name: 'a',
      response: () => {
        made += 1
        let text = ''
        return (parts) =>
          parts.flatMap((part): readonly StreamPart[] => {
            if (part.type === 'text-delta') text += part.text
            if (part.type === 'text-delta') return []
            const all = { type: 'text-delta', id: 't', text } as const
            return part.type === 'text-end' ? [all, part] : [part]
          })
      },
    }
    const provider = new FakeProvider(
      { targets: ['1', '2'] },
      inTurn(
        () => streams({ text: 'bad' }, { error: 'upstream_overloaded' }),
        () => streams({ text: 'good' }, { done: 'stop' }),
      ),
    )
    const { fake } = await gatewayWith([collecting], provider)

    const call = await fake.stream()
    await call.done

    expect(made).toBe(2)
    expect(call.sink.text).toBe('{"text":"good"}\n{"done":"stop"}\n')
  })

  it('that fails ends the call as our own failure, and no target is blamed', async () => {
    const failing: Stage = {
      name: 'a',
      response: () => () => {
        throw new Error('x')
      },
    }
    const provider = new FakeProvider({ targets: ['1', '2'] }, () => whole('hello'))
    const { fake } = await gatewayWith([failing], provider)

    const sink = await fake.ask()
    const call = await fake.stream()
    await call.done

    expect([sink.status, call.sink.status]).toEqual([500, 500])
    expect(fake.events['target-state']).toEqual([])
    await fake.expectRest()
  })

  it('that cannot even be made fails its call, and gives the target back', async () => {
    const failing: Stage = {
      name: 'a',
      response: () => {
        throw new Error('x')
      },
    }
    const { fake } = await gatewayWith([failing])

    expect((await fake.ask()).status).toBe(500)
    await fake.expectRest()
  })
})
