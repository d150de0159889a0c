import { once } from 'node:events'
import { request } from 'node:http'
import {
  type FakeServer,
  type ScriptStep,
  sseFrame,
  startFakeServer,
  startOpenAIChatFake,
} from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startGateway } from '../end-to-end/harness.ts'
import { startGatewayProcess } from './start-process.ts'
import { openStream, saying } from './streams.ts'

const isLong = process.env['JACKFIELD_TEST_LONG'] === '1'

const chunk = (content: string) =>
  sseFrame(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'fake-chat',
      choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
    }),
  )

const head: ScriptStep = {
  do: 'head',
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
}

async function fakeServer(): Promise<FakeServer> {
  const server = await startFakeServer([
    head,
    { do: 'write', bytes: chunk('first') },
    { do: 'hang' },
  ])
  onTestFinished(() => server.close())
  return server
}

const yamlFor = (url: string) => `
backends:
  fake: { type: openai-compatible, base_url: "${url}/v1", models: [fake-chat], timeouts: { idle: 10m } }
`

describe('many streams', () => {
  it('200 interleaved sessions never mix', async () => {
    const fake = await startOpenAIChatFake({})
    onTestFinished(() => fake.close())
    const { url } = await startGateway('{}', {
      env: { OPENAI_API_KEY: 'sk-fake', OPENAI_API_BASE_URL: fake.baseUrl },
    })

    const texts = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const words = Array.from({ length: 20 }, (__, word) => `s${index}w${word}`).join(' ')
        const stream = await openStream(url, saying(words))
        await once(stream.response, 'end')
        return { words, said: textOf(stream.text()) }
      }),
    )

    for (const { words, said } of texts) expect(said).toBe(`You said: ${words}`)
  }, 60_000)

  it('a thousand open streams do not grow while they run', async () => {
    const count = 1_000
    const fake = await startFakeServer(async function* () {
      yield head
      for (let part = 0; ; part += 1) {
        yield { do: 'write', bytes: chunk(`part ${part}`) } as const
        yield { do: 'gate', name: `round ${part}` } as const
      }
    })
    onTestFinished(() => fake.close())
    const gateway = await startGatewayProcess(yamlFor(fake.url))
    const counters = await openCounted(gateway.url, count)
    const rounds = async (from: number, to: number) => {
      for (let round = from; round < to; round += 1) {
        fake.gate(`round ${round}`).open()
        await counters.reached(round + 2)
      }
    }
    await rounds(0, 10)
    const before = await gateway.memory()

    await rounds(10, isLong ? 200 : 30)
    const after = await gateway.memory()
    counters.leave()

    expect(before.open).toBe(count)
    expect(after.heapUsed / before.heapUsed).toBeLessThan(1.05)
  }, 120_000)

  it('a client that stops reading stops the provider', async () => {
    const fake = await startFakeServer([head, { do: 'endless', frame: chunk('x'.repeat(1_000)) }])
    onTestFinished(() => fake.close())
    const gateway = await startGatewayProcess(yamlFor(fake.url))
    const call = request(`${gateway.url}/v1/chat/completions`, { method: 'POST' })
    call.on('error', () => {})
    call.end(JSON.stringify({ ...saying('Hi'), stream: true }))
    const [response] = await once(call, 'response')
    response.pause()
    const upstream = fake.requests[0]
    if (upstream === undefined) throw new Error('no request reached the provider')

    const sent = await fake.waitForStall(upstream)
    const memory = await gateway.memory()
    call.destroy()
    await fake.waitForAbort(upstream)

    expect(sent).toBeLessThan(16 * 1024 * 1024)
    expect(memory.heapUsed + memory.external).toBeLessThan(96 * 1024 * 1024)
  }, 60_000)
})

describe('a client that leaves', () => {
  const phases: Readonly<Record<string, readonly ScriptStep[]>> = {
    'while the provider is silent': [{ do: 'hang' }],
    'after the head': [head, { do: 'hang' }],
    'before the first meaningful part': [head, { do: 'write', bytes: chunk('') }, { do: 'hang' }],
    'in the middle of the stream': [head, { do: 'write', bytes: chunk('first') }, { do: 'hang' }],
  }

  it.each(Object.entries(phases))(
    'closes the provider’s connection within 100 ms: %s',
    async (name, steps) => {
      const fake = await startFakeServer(steps)
      onTestFinished(() => fake.close())
      const { url } = await startGateway(yamlFor(fake.url))
      const delays: number[] = []

      for (let run = 0; run < 50; run += 1) {
        const arrived = fake.waitForRequest(run + 1)
        const call = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false })
        call.on('error', () => {})
        call.end(JSON.stringify({ ...saying('Hi'), stream: true }))
        const upstream = await arrived
        if (name === 'in the middle of the stream') {
          const [response] = await once(call, 'response')
          await once(response, 'data')
        }
        const left = performance.now()
        call.destroy()
        delays.push((await fake.waitForAbort(upstream)) - left)
      }

      const p95 = delays.toSorted((one, other) => one - other)[47] ?? Number.POSITIVE_INFINITY
      expect(p95).toBeLessThan(100)
    },
    30_000,
  )

  it('while the gateway waits before it tries again: nothing is sent any more', async () => {
    const fake = await fakeServer()
    fake.respondWith([
      { do: 'head', status: 429, headers: { 'retry-after': '5', 'content-length': '0' } },
      { do: 'end' },
    ])
    const { url, nextCall } = await startGateway(yamlFor(fake.url))
    const call = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false })
    call.on('error', () => {})
    call.end(JSON.stringify(saying('Hi')))
    const upstream = await fake.waitForRequest(1)
    await fake.waitForState(upstream, 'answered')

    const left = performance.now()
    call.destroy()
    const line = await nextCall()

    expect(performance.now() - left).toBeLessThan(100)
    expect(line).toMatchObject({ status: 499, code: 'client_closed_request', attempts: 1 })
    expect(fake.requests).toHaveLength(1)
  })
})

/** Opens streams and counts their frames without keeping them. */
async function openCounted(url: string, count: number) {
  const frames = new Array<number>(count).fill(0)
  let changed = () => {}
  const calls = Array.from({ length: count }, (_, index) => {
    const call = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false })
    call.on('error', () => {})
    call.on('response', (response) => {
      response.on('error', () => {})
      response.on('data', (data: Buffer) => {
        frames[index] = (frames[index] ?? 0) + data.toString().split('data: ').length - 1
        changed()
      })
    })
    call.end(JSON.stringify({ ...saying('Hi'), stream: true }))
    return call
  })
  return {
    async reached(wanted: number) {
      while (frames.some((seen) => seen < wanted)) {
        await new Promise<void>((resolve) => {
          changed = resolve
        })
      }
    },
    leave: () => calls.forEach((call) => void call.destroy()),
  }
}

function textOf(stream: string): string {
  return stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice(6)).choices[0]?.delta?.content ?? '')
    .join('')
}
