import { describe, expect, it } from 'vitest'
import { dialects } from '../compatibility/client.ts'
import {
  call,
  explain,
  type RoutingWorld,
  requestFor,
  routesIn,
  startRoutingWorld,
} from './world.ts'

/** One way of saying where requests go, and where they go then. */
interface Feature {
  readonly name: string
  /** Members of the configuration. */
  readonly config?: string
  readonly ranks?: { readonly one?: string; readonly two?: string }
  /** What the client asks for. */
  readonly model: string
  readonly headers?: Readonly<Record<string, string>>
  readonly stream?: boolean
  readonly prepare?: (world: RoutingWorld) => void
  /** Where it goes, `backend.target:model`, or without target where the pool chooses. */
  readonly route: string
  /** Number of the place that serves, of those that an explanation names. Default: 0. */
  readonly served?: number
}

const features: readonly Feature[] = [
  { name: 'backend:model', model: 'two:y', route: 'two.KEY_THREE:y' },
  { name: 'backend.target:model', model: 'one.KEY_TWO:x', route: 'one.KEY_TWO:x' },
  { name: 'backend/model', model: 'two/y', route: 'two.KEY_THREE:y' },
  { name: 'a model that one backend lists', model: 'only-two', route: 'two.KEY_THREE:only-two' },
  { name: 'a model with a colon', model: 'two:unlisted:8b', route: 'two.KEY_THREE:unlisted:8b' },
  { name: 'a model with a slash', model: 'one:vendor/z', route: 'one:vendor/z' },
  { name: 'fallback', model: 'one:gone|two:y', route: 'two.KEY_THREE:y', served: 1 },
  {
    name: 'a weighted draw with a first',
    model: '[weight=999999999]one:x^[first=1]two:y',
    route: 'two.KEY_THREE:y',
  },
  { name: 'a race', model: 'one:slow!two:y', route: 'two.KEY_THREE:y', served: 1 },
  {
    name: 'a window',
    model: '[max_context=1]one:x|two:y',
    route: 'two.KEY_THREE:y',
  },
  {
    name: 'a limit for the first token',
    model: '[ttft_timeout=0.05]one:slow|two:y',
    stream: true,
    route: 'two.KEY_THREE:y',
    served: 1,
  },
  {
    name: 'default_backend',
    config: 'default_backend: two:y|one:x',
    model: 'unlisted:8b',
    route: 'two.KEY_THREE:unlisted:8b',
  },
  {
    name: 'default_backend with a failover route',
    config: 'default_backend: safe\nfailover_routes: {safe: {elements: [two:y]}}',
    model: 'unlisted:8b',
    route: 'two.KEY_THREE:unlisted:8b',
  },
  {
    name: 'static_route',
    config: 'static_route: one:gone|two:fixed\ndefault_backend: one',
    model: 'one:x',
    route: 'two.KEY_THREE:fixed',
    served: 1,
  },
  {
    name: 'static_route without a model',
    config: 'static_route: two\ndefault_backend: one',
    model: 'one:y',
    route: 'two.KEY_THREE:y',
  },
  {
    name: 'force_model',
    config: 'force_model: forced\ndefault_backend: one',
    model: 'two:y',
    route: 'two.KEY_THREE:forced',
  },
  {
    name: 'an alias with a group',
    config: "model_aliases: [{pattern: '^gpt-(.*)$', replacement: 'two:\\1'}]",
    model: 'gpt-y',
    route: 'two.KEY_THREE:y',
  },
  {
    name: 'an alias for several places',
    config: "model_aliases: [{pattern: '^fast$', replacement: 'one:gone|two:y'}]",
    model: 'fast',
    route: 'two.KEY_THREE:y',
    served: 1,
  },
  {
    name: 'a failover route, ordered',
    config: "failover_routes: {safe: {elements: ['one:gone', 'two:y']}}",
    model: 'safe',
    route: 'two.KEY_THREE:y',
    served: 1,
  },
  {
    name: 'a failover route, k',
    config: "failover_routes: {safe: {policy: k, elements: ['one:x', 'two:y']}}",
    model: 'safe',
    prepare: ({ one }) => one.setKey('sk-one', { status: 402 }),
    route: 'one.KEY_TWO:x',
    served: 1,
  },
  {
    name: 'a failover route, m',
    config: "failover_routes: {safe: {policy: m, elements: ['one:x', 'two:y']}}",
    model: 'safe',
    prepare: ({ one }) => one.setKey('sk-one', { status: 402 }),
    route: 'two.KEY_THREE:y',
    served: 1,
  },
  {
    name: 'a failover route, km',
    config: "failover_routes: {safe: {policy: km, elements: ['one:gone', 'two:y']}}",
    model: 'safe',
    route: 'two.KEY_THREE:y',
    served: 2,
  },
  {
    name: 'a failover route, mk',
    config: "failover_routes: {safe: {policy: mk, elements: ['one:x', 'two:gone']}}",
    model: 'safe',
    prepare: ({ one }) => one.setKey('sk-one', { status: 402 }),
    route: 'one.KEY_TWO:x',
    served: 2,
  },
  {
    name: 'the preference cost',
    config: 'model_preference: cost\ndefault_backend: one',
    ranks: { one: '{cost: 2}', two: '{cost: 1.5}' },
    model: 'shared',
    route: 'two.KEY_THREE:shared',
  },
  {
    name: 'the preference priority',
    config: 'model_preference: priority\ndefault_backend: one',
    ranks: { two: '{priority: 1}' },
    model: 'shared',
    route: 'two.KEY_THREE:shared',
  },
  {
    name: 'the preference order',
    config: 'default_backend: one',
    model: 'shared',
    route: 'one:shared',
  },
  {
    name: 'x-jackfield-backend',
    model: 'one:y',
    headers: { 'x-jackfield-backend': 'two' },
    route: 'two.KEY_THREE:y',
  },
]

/** A route without the target, where that is the pool's choice. */
function asWritten(route: string | null, { route: expected }: Feature): string | null {
  const [address = ''] = expected.split(':', 1)
  return address.includes('.') ? route : (route?.replace(/\.[^:]*/, '') ?? null)
}

describe.each(features)('$name', (feature) => {
  it('leads there from all four protocols, as explained before, without calling anybody', async () => {
    const world = await startRoutingWorld(feature.config ?? '', feature.ranks)
    feature.prepare?.(world)
    const { headers = {}, stream = false, served = 0 } = feature

    for (const client of dialects) {
      const request = requestFor(client, feature.model, { headers, stream })
      const before = world.calls().length

      const told = await explain(world, request)
      expect(world.calls()).toHaveLength(before)
      const answer = await call(world, request)

      expect(answer.status, answer.text).toBe(200)
      expect(told.dialect).toBe(client)
      expect(asWritten(answer.route, feature)).toBe(feature.route)
      expect(routesIn(told)[served]).toContain(answer.route)
    }
  })
})

describe('what takes turns', () => {
  it.each([
    ['model_preference: round-robin', 'shared', ['one:shared', 'two:shared']],
    [
      "failover_routes: {turns: {policy: round-robin, elements: ['one:x', 'two:y']}}",
      'turns',
      ['one:x', 'two:y'],
    ],
  ])(
    '%s, in whatever protocols, and an explanation tells the next',
    async (config, model, turns) => {
      const world = await startRoutingWorld(config)

      for (const [at, client] of dialects.entries()) {
        const request = requestFor(client, model)
        const told = await explain(world, request)
        await explain(world, request)
        const { route } = await call(world, request)

        expect(routesIn(told)[0]).toContain(route)
        expect(route?.replace(/\.[^:]*/, '')).toBe(turns[at % turns.length])
      }
    },
  )
})

describe('parameters', () => {
  it.each(dialects)(
    'of selector, model and operator reach the provider from %s',
    async (client) => {
      const world = await startRoutingWorld(`
model_defaults: { 'one:x': { temperature: 0.75, verbosity: low }, x: { temperature: 1.25 } }
parameters: { defaults: { verbosity: high }, forced: { top_p: 0.5 } }
`)

      await call(world, requestFor(client, 'one:x'))
      await call(world, requestFor(client, 'one:x?temperature=0.25'))

      expect(world.calls().map((request) => request.json())).toMatchObject([
        { model: 'x', temperature: 0.75, verbosity: 'low', top_p: 0.5 },
        { model: 'x', temperature: 0.25, verbosity: 'low', top_p: 0.5 },
      ])
    },
  )
})

describe('a selector that is none', () => {
  it.each(dialects)('is refused with its column in the words of %s', async (client) => {
    const world = await startRoutingWorld('')
    const request = requestFor(client, 'one:x|two:')

    const told = await explain(world, request)
    const answer = await call(world, request)

    expect(answer.status).toBe(400)
    expect(told.error).toMatchObject({ code: 'invalid_request', status: 400 })
    expect(told.error?.message).toMatch(/^model, column 11: There is no model after "two:"/)
    expect(answer.text).toContain(JSON.stringify(told.error?.message).slice(1, -1))
    expect(world.calls()).toEqual([])
  })

  it.each(dialects)('and a model that nobody lists is a 404 for %s', async (client) => {
    const world = await startRoutingWorld('')
    const request = requestFor(client, 'nobody-has-it')

    const told = await explain(world, request)
    const answer = await call(world, request)

    expect([told.error?.status, answer.status]).toEqual([404, 404])
    expect(told.error?.code).toBe('model_not_found')
    expect(world.calls()).toEqual([])
  })
})

describe('an explanation', () => {
  it('shows the state that calls have left targets in', async () => {
    const world = await startRoutingWorld('')
    world.one.setKey('sk-one', { status: 429, retryAfter: 60 })
    world.one.setKey('sk-two', { status: 402 })
    const request = requestFor('anthropic-messages', 'one.KEY_ONE:x|one.KEY_TWO:x|two:y')
    await call(world, request)

    const told = await explain(world, request)

    expect(told.branches[0]?.places).toMatchObject([
      { target: 'KEY_ONE', targets: [{ state: 'ready', models: [{ model: 'x' }] }] },
      { target: 'KEY_TWO', targets: [{ state: 'cooling', reason: expect.any(String) }] },
      { backend: 'two', targets: [{ state: 'ready' }] },
    ])
  })

  it('counts as no call: nothing is logged, nothing is open, no turn is taken', async () => {
    const world = await startRoutingWorld('')

    await explain(world, requestFor('gemini', 'one:x'))
    await call(world, requestFor('gemini', 'one:x'))
    const line = await world.gateway.nextCall()

    expect(world.gateway.log.filter(({ msg }) => msg === 'call')).toEqual([line])
    expect(world.calls()).toHaveLength(1)
  })

  it('is refused on the loopback interface for another host’s name, as the call would be', async () => {
    const { gateway } = await startRoutingWorld('')
    const { app } = gateway.server

    const answer = await app.inject({
      method: 'POST',
      url: '/v1/jackfield/explain',
      headers: { host: 'evil.example' },
      payload: { path: '/v1/chat/completions', headers: { host: '127.0.0.1' }, body: {} },
    })

    expect(answer.statusCode).toBe(403)
  })
})
