import { describe, expect, it } from 'vitest'
import type { BackendPlugin } from '../src/backend.ts'
import { createGateway } from '../src/create-gateway.ts'
import type { BackendFault } from '../src/events.ts'
import type { Gateway } from '../src/gateway.ts'
import { recordingSink, saying, tinyCall, virtualPlugin } from './support/gateway-parts.ts'

/** Runs something as an error handler of the process would run: in the context of a timer that was set here. */
function later<Result>(run: () => Result): Promise<Result> {
  return new Promise((resolve) => setTimeout(() => resolve(run()), 0))
}

/** A gateway with one backend `a`, which can reach it, and the faults that it told of. */
async function start(make: (gateway: () => Gateway) => BackendPlugin) {
  let gateway: Gateway | undefined
  const reach = () => {
    if (gateway === undefined) throw new Error('not yet')
    return gateway
  }
  gateway = await createGateway({
    config: { backends: [{ name: 'a', plugin: make(reach), options: {} }] },
  })
  const faults: BackendFault[] = []
  gateway.events.on('backend-fault', (fault) => faults.push(fault))
  return { gateway, faults }
}

const hangs = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

describe('a stray error', () => {
  it.each([
    ['before its first part', 0],
    ['after some parts', 3],
  ])('of an answer in the making is blamed on its backend %s', async (_, parts) => {
    const blamed: unknown[] = []
    const { gateway, faults } = await start((reach) =>
      virtualPlugin('stray', async function* (_request, { signal }) {
        for (let part = 0; part < parts; part += 1) {
          yield part === 0
            ? [{ type: 'text-start', id: 't' }]
            : [{ type: 'text-delta', id: 't', text: 'some ' }]
          await later(() => {})
        }
        void later(() => blamed.push(reach().attributeStray(new Error('stray'))))
        await hangs(signal)
      }),
    )
    const sink = recordingSink()

    await gateway.handle(tinyCall({ model: 'm', stream: true }), sink)

    expect(blamed).toEqual(['a'])
    expect(faults).toEqual([
      {
        backend: 'a',
        callId: expect.any(String),
        error: expect.objectContaining({ message: 'stray' }),
      },
    ])
    expect(sink.received.text).toContain('upstream_error')
    expect(gateway.health().backends).toMatchObject([{ state: 'faulty' }])
  })

  it('of a model list is blamed on its backend, and fails no call', async () => {
    const blamed: unknown[] = []
    const { gateway, faults } = await start((reach) => {
      const plain = virtualPlugin('stray', () => saying('fine'))
      return {
        ...plain,
        create: async (options, context) => ({
          ...(await plain.create(options, context)),
          models: async () => {
            await later(() => blamed.push(reach().attributeStray('not even an error')))
            return []
          },
        }),
      }
    })

    await gateway.models({ id: 'me', name: 'me' })

    expect(blamed).toEqual(['a'])
    expect(faults).toEqual([{ backend: 'a', error: 'not even an error' }])
  })

  it('of anybody else is blamed on nobody', async () => {
    const { gateway, faults } = await start(() => virtualPlugin('fine', () => saying('fine')))
    await gateway.handle(tinyCall({ model: 'm' }), recordingSink())

    const blamed = await later(() => gateway.attributeStray(new Error('stray')))

    expect([blamed, faults]).toEqual([undefined, []])
    expect(gateway.health().backends).toMatchObject([{ state: 'ready' }])
  })

  it('is forgotten when a call succeeds', async () => {
    let isFirst = true
    const { gateway } = await start((reach) =>
      virtualPlugin('stray', async function* (_request, { signal }) {
        if (!isFirst) {
          yield* saying('fine')
          return
        }
        isFirst = false
        void later(() => reach().attributeStray(new Error('stray')))
        await hangs(signal)
      }),
    )

    await gateway.handle(tinyCall({ model: 'm' }), recordingSink())
    const before = gateway.health().backends[0]?.state
    await gateway.handle(tinyCall({ model: 'm' }), recordingSink())

    expect([before, gateway.health().backends[0]?.state]).toEqual(['faulty', 'ready'])
  })
})
