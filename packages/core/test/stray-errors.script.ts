import type { BackendPlugin } from '../src/backend.ts'
import { systemClock } from '../src/clock.ts'
import { createGateway } from '../src/create-gateway.ts'
import { fixedTargets } from '../src/pool/target.ts'
import { dialectA, FakeProvider, fakeTarget, silent } from './support/fake-provider.ts'
import { FakeSink } from './support/fake-sink.ts'

/** A backend with stray errors of the kind that the model names. */
const stray: BackendPlugin = {
  apiVersion: 1,
  type: 'stray',
  options: { type: 'object' },
  create: () => ({
    operations: new Set(['chat']),
    targets: fixedTargets([fakeTarget('one')], { strategy: 'round-robin', affinity: 'none' }),
    handling: () => ({ way: 'translate', surface: 's', dialect: dialectA, streaming: 'never' }),
    send({ model }, context) {
      if (model === 'timer') {
        setTimeout(() => {
          throw new Error(model)
        }, 1)
      }
      if (model === 'rejection') setTimeout(() => Promise.reject(new Error(model)), 1)
      if (model === 'abort-listener') {
        context.signal.addEventListener('abort', () => {
          throw new Error(model)
        })
      }
      return silent({ context } as Parameters<typeof silent>[0])
    },
  }),
}

const gateway = await createGateway({
  clock: systemClock,
  config: {
    backends: [{ name: 'stray', plugin: stray, options: {} }, new FakeProvider().config('good')],
  },
})
const faults: string[] = []
gateway.events.on('backend-fault', ({ backend }) => faults.push(backend))

function call(model: string) {
  const client = new AbortController()
  const sink = new FakeSink()
  const done = gateway.handle(
    {
      operation: 'chat',
      dialect: dialectA,
      method: 'POST',
      path: '/',
      query: '',
      headers: {},
      body: Buffer.from(JSON.stringify({ model })),
      signal: client.signal,
    },
    sink,
  )
  return { client, sink, done }
}

let blame: (backend: string | undefined) => void = () => {}
process.on('uncaughtException', (error) => blame(gateway.attributeStray(error)))
process.on('unhandledRejection', (error) => blame(gateway.attributeStray(error)))

async function provoke(model: string, leave: boolean) {
  const blamed = new Promise<string | undefined>((resolve) => {
    blame = resolve
  })
  const open = call(`stray:${model}`)
  if (leave) setTimeout(() => open.client.abort(), 1)
  const name = await blamed
  await open.done
  const other = call('good:m')
  await other.done
  return { blamed: name, status: open.sink.status ?? null, others: other.sink.status }
}

const results: Record<string, unknown> = {}
for (const model of ['timer', 'rejection', 'abort-listener']) {
  results[model] = await provoke(model, model === 'abort-listener')
}
const blamed = new Promise<string | undefined>((resolve) => {
  blame = resolve
})
setTimeout(() => {
  throw new Error('of nobody')
}, 1)
results['nobody'] = { blamed: (await blamed) ?? null }
process.stdout.write(JSON.stringify({ ...results, faults }))
await gateway.close({ graceMs: 0 })
