import { setImmediate } from 'node:timers/promises'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createGateway } from '../../src/create-gateway.ts'
import type { Gateway } from '../../src/gateway.ts'
import { dialectA, dialectB, FakeProvider, streams, whole } from '../support/fake-provider.ts'
import { FakeSink } from '../support/fake-sink.ts'

const calls = 150

/** A call is made of several kilobytes; what is left of each are the engine's own notes. */
const bytesOfNothing = 1_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void

/**
 * Objects of a call that are found dead only by a full garbage collection cost more than everything that they were for. That
 * happens where old memory points to them: one object that lives on, or a function that V8 allocates there.
 */
describe('calls that ended are gone with the next minor garbage collection', () => {
  it.each([
    { name: 'forwarded', dialect: dialectA, stream: false },
    { name: 'forwarded streams', dialect: dialectA, stream: true },
    { name: 'translated', dialect: dialectB, stream: false },
    { name: 'translated streams', dialect: dialectB, stream: true },
  ])('$name', async ({ dialect, stream }) => {
    const send = async () => {
      await setImmediate()
      return stream ? streams({ text: 'hello' }, { done: 'stop' }) : whole('hello')
    }
    const provider = new FakeProvider({ dialect, backend: { send } })
    const gateway = await createGateway({ config: { backends: [provider.config()] } })
    await makeCalls(gateway, stream)
    collectGarbage()

    const before = await youngest()
    await makeCalls(gateway, stream)
    const after = await youngest()

    expect((after - before) / calls).toBeLessThan(bytesOfNothing)
    await gateway.close({ graceMs: 0 })
  })
})

async function makeCalls(gateway: Gateway, stream: boolean): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const sink = new FakeSink()
    await gateway.handle(
      {
        operation: 'chat',
        dialect: dialectA,
        method: 'POST',
        path: '/chat',
        query: '',
        headers: {},
        body: Buffer.from(JSON.stringify({ model: 'm', text: 'hi', stream })),
        signal: new AbortController().signal,
      },
      sink,
    )
    expect(sink.text).toContain('hello')
  }
}

/** Bytes that minor collections leave. */
async function youngest(): Promise<number> {
  collectGarbage({ type: 'minor' })
  await setImmediate()
  collectGarbage({ type: 'minor' })
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => space_name === 'new_space' || space_name === 'old_space')
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0)
}
