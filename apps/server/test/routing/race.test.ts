import { type OpenAIChatFake, type RecordedRequest, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dialects } from '../compatibility/client.ts'
import { startGateway, type TestGateway } from '../end-to-end/harness.ts'
import { type RoutedRequest, requestFor } from './world.ts'

/** Milliseconds in which a connection is to be closed that nobody needs any more. */
const promptly = 100

/** Times that a measurement is made: a busy machine may delay one. */
const rounds = 5

const hang = { do: 'hang' } as const

interface Track {
  readonly gateway: TestGateway
  readonly fast: OpenAIChatFake
  readonly slow: OpenAIChatFake
}

/** A provider that answers when its gate is open, and one that never does, or stops after its first piece without text. */
async function startTrack(config = ''): Promise<Track> {
  const fast = await startOpenAIChatFake({
    models: ['m'],
    play: (steps) => [
      { do: 'gate', name: 'start' },
      ...steps.slice(0, -1),
      { do: 'gate', name: 'end' },
      ...steps.slice(-1),
    ],
  })
  const slow = await startOpenAIChatFake({
    models: ['m'],
    // The first piece of a stream has no text yet; a whole answer comes in one.
    play: (steps) => (steps.length > 3 ? [...steps.slice(0, 2), hang] : [hang]),
  })
  onTestFinished(async () => {
    await Promise.all([fast.close(), slow.close()])
  })
  const backend = ({ baseUrl }: OpenAIChatFake) =>
    `{ type: openai-compatible, base_url: ${baseUrl}, api_keys: [sk-fake] }`
  const gateway = await startGateway(`
backends:
  fast: ${backend(fast)}
  slow: ${backend(slow)}
${config}
`)
  return { gateway, fast, slow }
}

function send({ gateway }: Track, request: RoutedRequest, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}${request.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The request of a leg when it is complete; model lists are none. */
async function legOf({ server }: OpenAIChatFake, round: number): Promise<RecordedRequest> {
  const posts = () => server.requests.filter(({ method }) => method === 'POST')
  while (posts().length <= round) await server.waitForRequest()
  const leg = posts()[round]
  if (leg === undefined) throw new Error('the leg has not started')
  return leg
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

describe('the loser of a race', () => {
  it.each(dialects.flatMap((client) => [true, false].map((stream) => [client, stream] as const)))(
    'is left within 100 ms of the win: %s, stream %s',
    async (client, stream) => {
      const track = await startTrack()
      const { fast, slow } = track
      if (!stream) fast.server.gate('end').open()
      const delays: number[] = []

      for (let round = 0; round < rounds; round += 1) {
        const answered = send(track, requestFor(client, 'slow:m!fast:m', { stream }))
        const loser = await legOf(slow, round)
        await fast.server.gate('start').arrived()
        const won = performance.now()
        fast.server.gate('start').pass()
        const left = await slow.server.waitForAbort(loser)
        // A stream is won by its first text, long before its end.
        if (stream) fast.server.gate('end').pass()
        const answer = await answered

        expect(answer.headers.get('x-jackfield-route')).toMatch(/^fast\./)
        expect(await answer.text()).toContain('Hi')
        expect(loser.state).toBe('aborted')
        delays.push(left - won)
      }

      expect(median(delays), `after ${delays.map(Math.round).join(', ')} ms`).toBeLessThan(promptly)
    },
  )

  it('tells what each leg came to in the log, and the route of the winner', async () => {
    const track = await startTrack()
    track.fast.server.gate('start').open()
    track.fast.server.gate('end').open()

    const answer = await send(track, requestFor('openai-chat', 'slow:m!fast:m'))
    await answer.text()
    const line = await track.gateway.nextCall()

    expect(line).toMatchObject({ backend: 'fast', status: 200 })
    expect(line['attempts']).toBe(2)
    expect(line['attemptUsage']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ backend: 'slow', result: 'cancelled' }),
        expect.objectContaining({ backend: 'fast', result: 'done' }),
      ]),
    )
  })
})

describe('a client that leaves a race', () => {
  it.each(dialects.flatMap((client) => [true, false].map((stream) => [client, stream] as const)))(
    'takes all legs along within 100 ms: %s, stream %s',
    async (client, stream) => {
      const track = await startTrack()
      const { fast, slow } = track
      const delays: number[] = []

      for (let round = 0; round < rounds; round += 1) {
        const controller = new AbortController()
        const request = requestFor(client, 'slow:m!fast:m', { stream })
        const failed = send(track, request, controller.signal).catch((error: unknown) => error)
        const legs = await Promise.all([legOf(slow, round), legOf(fast, round)])
        await fast.server.gate('start').arrived()
        const left = performance.now()
        controller.abort()
        const aborted = await Promise.all([
          slow.server.waitForAbort(legs[0]),
          fast.server.waitForAbort(legs[1]),
        ])

        expect(await failed).toMatchObject({ name: 'AbortError' })
        delays.push(Math.max(...aborted) - left)
      }

      expect(median(delays), `after ${delays.map(Math.round).join(', ')} ms`).toBeLessThan(promptly)
    },
  )
})

describe('while nobody has won', () => {
  it('a stream is kept alive, in the first leg’s name or nobody’s, and goes on with the winner', async () => {
    const track = await startTrack('hold: 20ms\nkeep_alive: 20ms\n')
    const { fast } = track

    const answer = await send(track, requestFor('openai-chat', 'slow:m!fast:m', { stream: true }))
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const first = await reader?.read()
    fast.server.gate('start').open()
    fast.server.gate('end').open()
    let rest = ''
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      rest += next.value
    }

    expect(answer.status).toBe(200)
    expect(first?.value).toMatch(/^:/)
    expect(rest).toContain('Hi')
    expect(rest).toMatch(/data: \[DONE\]\s*$/)
  })

  it('a leg that fails starts the next one at once', async () => {
    const track = await startTrack()
    track.fast.server.gate('start').open()
    track.fast.server.gate('end').open()
    const started = performance.now()

    const answer = await send(track, requestFor('openai-chat', '[handicap=60]slow:gone!fast:m'))
    await answer.text()

    expect(answer.headers.get('x-jackfield-route')).toMatch(/^fast\./)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
