import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { Children } from '../../src/process/children.ts'
import type { Profile } from '../../src/profile.ts'
import type { BenchContext, StandingTarget } from '../../src/scenarios/context.ts'
import { checkIntegrity } from '../../src/scenarios/integrity.ts'
import { runLatency } from '../../src/scenarios/latency.ts'
import { firstAnswer, spawnTarget, warmUp } from '../../src/scenarios/run-target.ts'
import { runStream } from '../../src/scenarios/stream.ts'
import { runTranslation } from '../../src/scenarios/translation.ts'
import { runUnary } from '../../src/scenarios/unary.ts'
import { bare } from '../../src/targets/bare.ts'
import { gatewayKind } from '../../src/targets/gateway.ts'
import { startUpstream } from '../../src/upstream/start-upstream.ts'
import { translated } from '../../src/workload/protocols/way.ts'

const tiny: Profile = {
  processes: 1,
  rounds: 2,
  warmUpRequests: 20,
  unary: [
    { name: '0.2 KB', bytes: 200, count: 16 },
    { name: '100 KB', bytes: 100_000, count: 8 },
  ],
  translated: [{ name: '0.2 KB', bytes: 200, count: 16 }],
  translatedContents: 6,
  tailSizes: new Set(['100 KB']),
  stream: { streams: 5, contents: 6 },
  latencyRequests: 20,
  latencyRounds: 1,
  memory: [],
  starts: 0,
  gap: { contents: 1, rounds: 0 },
  microRounds: 0,
}

const children = new Children()
let context: BenchContext
let target: StandingTarget

beforeAll(async () => {
  const contender = { label: 'bare', kind: bare }
  const upstream = await startUpstream(children)
  context = { profile: tiny, children, upstream, contenders: [contender] }
  target = { ...(await spawnTarget(context, contender)), label: 'bare' }
  await firstAnswer(target)
})

afterAll(() => children.endAll())

it('measures the bare proxy, every byte checked', async () => {
  await checkIntegrity(context, target)
  await warmUp(target, tiny.warmUpRequests)

  const unary = await runUnary(context, [target])
  const stream = await runStream(context, [target])
  const latency = await runLatency(context, [target])

  const names = [unary, stream, latency].flatMap(({ series }) => series.map(({ name }) => name))
  expect(names).toHaveLength(3 + 2 + 4)
  for (const { samples } of unary.series) {
    expect(samples.get('bare')).toHaveLength(tiny.rounds)
    for (const microseconds of samples.get('bare') ?? []) expect(microseconds).toBeGreaterThan(5)
  }
  expect(stream.series[0]?.samples.get('bare')?.[0]).toBeGreaterThan(1)
})

it('fails when a frame is altered', async () => {
  const port = await listen(relay({ answer: (bytes) => replace(bytes, '000002', '000003') }))

  await expect(runStream(context, [{ ...target, port }])).rejects.toThrow(/differs/)
})

it('fails when a frame waits for the one behind it', async () => {
  let held: Buffer = Buffer.alloc(0)
  const port = await listen(
    relay({
      answer(bytes) {
        const both = Buffer.concat([held, bytes])
        held = bytes.includes('token 000003') ? bytes : Buffer.alloc(0)
        return held.length > 0 ? both.subarray(0, both.length - held.length) : both
      },
    }),
  )

  await expect(checkIntegrity(context, { ...target, port }, 500)).rejects.toThrow(
    /unless it holds back, frame 5/,
  )
})

it('fails when requests reach the upstream changed', async () => {
  const port = await listen(relay({ request: (bytes) => replace(bytes, '"user"', '"USER"') }))

  await expect(checkIntegrity(context, { ...target, port })).rejects.toThrow(
    /reached the upstream changed/,
  )
})

it('measures a gateway that translates, every event checked', { timeout: 60_000 }, async () => {
  const [way] = translated
  if (way === undefined) throw new Error('there is a way')
  const contender = { label: way.name, kind: gatewayKind(undefined, way) }
  const gateway = { ...(await spawnTarget(context, contender)), label: way.name }
  await firstAnswer(gateway)
  await checkIntegrity(context, gateway)
  await warmUp(gateway, tiny.warmUpRequests)

  const { series, labels } = await runTranslation(context, [target, gateway])

  expect(labels).toEqual(['bare', way.name])
  for (const { samples } of series) expect(samples.get(way.name)).toHaveLength(tiny.rounds)
  await children.end(gateway.child)
})

interface Changes {
  answer?(bytes: Buffer): Buffer
  request?(bytes: Buffer): Buffer
}

function replace(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
}

/** A proxy of bytes to the upstream that changes what it passes on. */
function relay(changes: Changes): Server {
  return createServer((client) => {
    const upstream = connect(context.upstream.port, '127.0.0.1')
    client.on('data', (bytes: Buffer) => upstream.write(changes.request?.(bytes) ?? bytes))
    upstream.on('data', (bytes: Buffer) => client.write(changes.answer?.(bytes) ?? bytes))
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
}

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}
