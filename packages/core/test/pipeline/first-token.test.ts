import { describe, expect, it } from 'vitest'
import type { GatewayConfig } from '../../src/config.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  dialectB,
  FakeProvider,
  type FakeProviderOptions,
  inTurn,
  type Script,
  silent,
  streams,
} from '../support/fake-provider.ts'

const good: Script = () => streams({ text: 'hello' }, { done: 'stop' })
const network = (firstTokenMs: number) => ({
  timeouts: {
    connectMs: 10_000,
    firstByteMs: 300_000,
    firstTokenMs,
    idleMs: 120_000,
    totalMs: 600_000,
  },
})

async function gatewayOf(
  script: Script,
  options: FakeProviderOptions & { readonly config?: Partial<GatewayConfig> } = {},
) {
  const { config, ...more } = options
  const provider = new FakeProvider({ targets: ['1', '2'], ...more }, script)
  const fake = await fakeGateway({ backends: [provider.config()], ...config })
  return { fake, provider }
}

/** A provider that begins a stream and shows nothing. */
const holding = () => {
  const body = new FakeBody().write(line({ start: 'id' }), line({ text: '' }))
  const script: Script = () => answer(body)
  return { body, script }
}

describe('the limit for the first meaningful part of a stream', () => {
  it.each([
    ['forwarded', {}],
    ['translated', { dialect: dialectB }],
  ] as const)('lets the next target answer, and closes the connection: %s', async (_, way) => {
    const { body, script } = holding()
    const { fake, provider } = await gatewayOf(inTurn(script, good), {
      ...way,
      config: { network: network(5_000) },
    })
    const call = await fake.stream()

    await fake.clock.advance(4_999)
    const before = provider.used
    await fake.clock.advance(1)
    await call.done

    expect(before).toEqual(['1'])
    expect(provider.used).toEqual(['1', '2'])
    expect(call.sink.text).toContain('hello')
    expect(body.cancelled).toMatchObject({ code: 'upstream_timeout' })
    expect(fake.events['target-state']).toMatchObject([{ reason: 'upstream_timeout' }])
    await fake.expectRest()
  })

  it('is named by the error', async () => {
    const { fake } = await gatewayOf(silent, {
      targets: ['1'],
      config: { network: network(1_500) },
    })
    const call = await fake.stream()

    await fake.clock.advance(1_500)
    await call.done

    expect(call.sink.status).toBe(504)
    expect(call.sink.json).toMatchObject({
      message:
        'The backend "fake" took too long: its stream showed nothing within 1500 ms (timeouts.first_token).',
    })
  })

  it('is over with the first meaningful part', async () => {
    const { body, script } = holding()
    const { fake, provider } = await gatewayOf(script, { config: { network: network(5_000) } })
    const call = await fake.stream()
    await fake.clock.advance(4_000)
    body.write(line({ text: 'h' }))
    await settle()

    await fake.clock.advance(60_000)
    body.write(line({ done: 'stop' })).end()
    await call.done

    expect(provider.used).toEqual(['1'])
    expect(fake.lastEnd).not.toHaveProperty('error')
  })

  it('does not hold for whole answers', async () => {
    const { fake, provider } = await gatewayOf(silent, { config: { network: network(5_000) } })
    const call = fake.call()

    await fake.clock.advance(60_000)

    expect(provider.used).toEqual(['1'])
    call.leave()
    await call.done
  })

  it('is the backend’s own where it has one', async () => {
    const { fake, provider } = await gatewayOf(silent, {
      backend: { timeouts: { firstTokenMs: 2_000 } },
      config: { network: network(5_000) },
    })
    const call = await fake.stream()

    await fake.clock.advance(2_000)

    expect(provider.used).toEqual(['1', '2'])
    call.leave()
    await call.done
  })

  it('is the leaf’s where that has one, which holds it against nobody', async () => {
    const { fake, provider } = await gatewayOf(inTurn(silent, good), {
      backend: { timeouts: { firstTokenMs: 2_000 } },
    })
    const call = await fake.stream({ model: '[ttft_timeout=1]fake:m' })

    await fake.clock.advance(1_000)
    await call.done

    expect(provider.used).toEqual(['1', '2'])
    expect(fake.events['target-state']).toEqual([])
    expect(fake.events['attempt-end'][0]?.outcome.error?.message).toContain('(ttft_timeout)')
  })

  it('does not extend what the host waits for a backend that never answers', async () => {
    const { fake } = await gatewayOf(silent, { targets: ['1'], config: { network: network(1e9) } })
    const call = await fake.stream()

    await fake.clock.advance(615_000)
    await call.done

    expect(fake.lastEnd.error?.message).toContain('not even an error')
  })

  it('can be switched off by a leaf', async () => {
    const { fake, provider } = await gatewayOf(silent, { config: { network: network(5_000) } })
    const call = await fake.stream({ model: '[ttft_timeout=0]fake:m' })

    await fake.clock.advance(60_000)

    expect(provider.used).toEqual(['1'])
    call.leave()
    await call.done
  })
})

describe('the other limits of a leaf', () => {
  it('reach the backend', async () => {
    const { fake, provider } = await gatewayOf(good)

    const call = await fake.stream({
      model: '[connect_timeout=1,idle_timeout=2,total_timeout=3]fake:m',
    })
    await call.done

    expect(provider.sent[0]?.context.timeouts).toEqual({
      connectMs: 1_000,
      idleMs: 2_000,
      totalMs: 3_000,
    })
  })

  it('hold nothing against a target that keeps those of its backend', async () => {
    const { fake } = await gatewayOf(({ context: { timeouts } }) => ({
      failed: new GatewayError('upstream_timeout', `after ${timeouts?.idleMs} ms`),
    }))

    await fake.ask({ body: { model: '[idle_timeout=2]fake:m' } })
    const own = fake.events['target-state'].length
    await fake.ask({ body: { model: '[ttft_timeout=2]fake:m' } })

    expect(own).toBe(0)
    expect(fake.events['target-state']).toHaveLength(2)
  })

  it('give up a backend that keeps none of them', async () => {
    const { fake } = await gatewayOf(silent, { targets: ['1'] })
    const call = fake.call({ body: { model: '[connect_timeout=1,total_timeout=3]fake:m' } })

    // The first byte may take as long as for everybody.
    await fake.clock.advance(306_000)
    await call.done

    expect(call.sink.status).toBe(504)
  })
})
