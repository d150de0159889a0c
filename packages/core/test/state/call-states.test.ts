import { describe, expect, it } from 'vitest'
import type { AssistantPart } from '../../src/chat/content.ts'
import type { OpaqueState, StateOrigin } from '../../src/chat/opaque-state.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import type { Dialect } from '../../src/dialect.ts'
import { createMemoryStateStore } from '../../src/memory-state-store.ts'
import { CallStates } from '../../src/state/call-states.ts'
import { StateMemory } from '../../src/state/state-memory.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { tinyDialect } from '../support/tiny-dialect.ts'

const here: StateOrigin = { dialect: 'anthropic-messages', scope: 'one' }
const there: StateOrigin = { dialect: 'anthropic-messages', scope: 'two' }
const other: StateOrigin = { dialect: 'gemini', scope: 'one' }
const signature = (data: string, origin?: StateOrigin): OpaqueState => ({
  kind: 'signature',
  data,
  ...(origin === undefined ? {} : { origin }),
})

function setUp({ isTracked = true, dialect = 'openai-chat' } = {}) {
  const store = createMemoryStateStore({ clock: new FakeClock() })
  const memory = new StateMemory(store, (error) => {
    throw error
  })
  const open = (owner = 'me') => new CallStates({ memory, owner, dialect, isTracked })
  return { memory, open }
}

const conversation = (...content: readonly AssistantPart[]): ChatRequest => ({
  model: 'm',
  stream: false,
  includeUsage: false,
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content },
  ],
})
const thought = (state?: OpaqueState): AssistantPart => ({
  type: 'reasoning',
  form: 'raw',
  text: 'hm',
  ...(state === undefined ? {} : { state: [state] }),
})
const call = (state?: OpaqueState): AssistantPart => ({
  type: 'tool-call',
  callId: 'call_1',
  name: 'f',
  kind: 'function',
  arguments: '{}',
  ...(state === undefined ? {} : { state: [state] }),
})
const contentOf = ({ messages }: ChatRequest) => messages[1]?.content

/** A stateful turn as a provider streams it. */
const turn: readonly StreamPart[] = [
  { type: 'reasoning-start', id: 'r', form: 'raw' },
  { type: 'reasoning-delta', id: 'r', text: 'h' },
  { type: 'reasoning-delta', id: 'r', text: 'm' },
  { type: 'reasoning-end', id: 'r', state: [signature('abc', here)] },
  { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'f', kind: 'function' },
  { type: 'tool-call-end', id: 'c' },
]

describe('the state of a translated conversation', () => {
  it.each([
    ['its own origin', signature('s', here), true],
    ['another scope', signature('s', there), false],
    ['another dialect', signature('s', other), false],
    ['an origin that nobody knows', signature('s'), true],
  ] as const)('of %s goes along: %#', async (_, state, goes) => {
    const request = conversation(thought(state))

    const own = await setUp().open().ownRequest(request, here)

    expect(contentOf(own)).toEqual([goes ? thought(state) : thought()])
    if (goes) expect(own).toBe(request)
  })

  it('is judged by what was remembered of its origin, for its owner only', async () => {
    const { memory, open } = setUp()
    memory.note('me', signature('s'), there)

    expect(contentOf(await open().ownRequest(conversation(thought(signature('s'))), here))).toEqual(
      [thought()],
    )
    expect(
      contentOf(await open('you').ownRequest(conversation(thought(signature('s'))), here)),
    ).toEqual([thought(signature('s'))])
  })

  it('keeps the other pieces of a part of which one is refused', async () => {
    const both = { ...thought(), state: [signature('a', here), signature('b', there)] }

    const own = await setUp()
      .open()
      .ownRequest(conversation(both as AssistantPart), here)

    expect(contentOf(own)).toEqual([thought(signature('a', here))])
  })

  it('is left out altogether once a provider refused some', async () => {
    const states = setUp().open()

    expect(states.drop()).toBe(true)
    expect(states.drop()).toBe(false)
    const own = await states.ownRequest(conversation(thought(signature('s', here))), here)
    expect(contentOf(own)).toEqual([thought()])
  })
})

describe('state that a client cannot carry', () => {
  it('comes back with its tool call, the reasoning before it included', async () => {
    const { open } = setUp()
    const watch = open().recorder(here)
    for (const part of turn) watch([part])
    await settle()

    const own = await open().ownRequest(conversation(call()), here)

    expect(contentOf(own)).toEqual([thought(signature('abc', here)), call()])
  })

  it('comes back although a virtual backend showed the client only the call', async () => {
    const { open } = setUp()
    const states = open()
    states.recorder(here)(turn)
    states.recorder({ dialect: '', scope: 'virtual' })(
      turn.filter(({ type }) => type.startsWith('tool-call')),
    )
    await settle()

    const own = await open().ownRequest(conversation(call()), here)

    expect(contentOf(own)).toEqual([thought(signature('abc', here)), call()])
  })

  it('comes back in front of what was said between it and the call', async () => {
    const { open } = setUp()
    const text = (id: string, said: string): readonly StreamPart[] => [
      { type: 'text-start', id },
      { type: 'text-delta', id, text: said },
      { type: 'text-end', id },
    ]
    const [start, , , end, ...called] = turn as readonly [
      StreamPart,
      StreamPart,
      StreamPart,
      StreamPart,
      ...StreamPart[],
    ]
    open().recorder(here)([
      start,
      end,
      ...text('1', 'One.'),
      start,
      end,
      ...text('2', 'Two.'),
      ...called,
    ])
    await settle()
    const silent = { ...thought(signature('abc', here)), text: '' }

    const own = await open().ownRequest(
      conversation({ type: 'text', text: 'One.Two.' }, call()),
      here,
    )

    expect(contentOf(own)).toEqual([
      silent,
      { type: 'text', text: 'One.' },
      silent,
      { type: 'text', text: 'Two.' },
      call(),
    ])
  })

  it('takes the place of reasoning that came back without its state', async () => {
    const { open } = setUp()
    open().recorder(here)(turn)
    await settle()

    const own = await open().ownRequest(conversation(thought(), call()), here)

    expect(contentOf(own)).toEqual([thought(signature('abc', here)), call()])
  })

  it('is not given twice to a conversation that carries its own', async () => {
    const { open } = setUp()
    open().recorder(here)(turn)
    await settle()
    const request = conversation(thought(signature('abc', here)), call())

    expect(contentOf(await open().ownRequest(request, here))).toEqual(contentOf(request))
  })

  it('stays with the origin: another one gets neither state nor words of it', async () => {
    const { open } = setUp()
    open().recorder(here)(turn)
    await settle()

    expect(contentOf(await open().ownRequest(conversation(call()), there))).toEqual([
      thought(),
      call(),
    ])
    expect(contentOf(await open('you').ownRequest(conversation(call()), here))).toEqual([call()])
  })

  it('comes back on the call itself where it was there', async () => {
    const { open } = setUp()
    const state = signature('on the call', here)
    open().recorder(here)([
      { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'f', kind: 'function' },
      { type: 'tool-call-end', id: 'c', state: [state] },
    ])
    await settle()

    const own = await open().ownRequest(conversation(thought(), call()), here)

    expect(contentOf(own)).toEqual([thought(), call(state)])
  })

  it('is given up for reasoning of a size that nobody thinks', async () => {
    const { open } = setUp()
    const long = 'x'.repeat(300_000)
    open().recorder(here)(
      turn.map((part) => (part.type === 'reasoning-delta' ? { ...part, text: long } : part)),
    )
    await settle()

    expect(contentOf(await open().ownRequest(conversation(call()), here))).toEqual([call()])
  })
})

describe('state in forwarded bytes', () => {
  const dialect = (seen: string[] = []): Dialect => ({
    ...tinyDialect('anthropic-messages'),
    states: {
      find: (body) =>
        [
          ...Buffer.from(body)
            .toString()
            .matchAll(/<(\w+)>/g),
        ].map(([, data = '']) => signature(data)),
      without: (body, keeps) =>
        Buffer.from(
          Buffer.from(body)
            .toString()
            .replace(/<(\w+)>/g, (all, data) => {
              seen.push(data)
              return keeps(signature(data)) ? all : ''
            }),
        ),
    },
  })
  const bytes = Buffer.from('a <mine> b <theirs> c <whose>')

  it('goes without what another origin made', async () => {
    const { open } = setUp()
    open().observer(here)?.(signature('mine'))
    open().observer(there)?.(signature('theirs'))
    await settle()

    const own = await open().ownBytes(bytes, dialect(), here)

    expect(Buffer.from(own).toString()).toBe('a <mine> b  c <whose>')
  })

  it('is the same array where all of it may go', async () => {
    const { open } = setUp()
    open().observer(here)?.(signature('mine'))
    await settle()

    expect(await open().ownBytes(bytes, dialect(), here)).toBe(bytes)
  })

  it('is missed at calls that were made elsewhere', async () => {
    const { open } = setUp({ dialect: 'anthropic-messages' })
    const made: StreamPart = {
      type: 'tool-call-start',
      id: 'c',
      callId: 'theirs',
      name: 'f',
      kind: 'function',
    }
    open().recorder(other)([made])
    await settle()
    const calls: Dialect = {
      ...dialect(),
      states: {
        find: (body) => [{ kind: 'call', data: Buffer.from(body).toString() }],
        without: (body) => Buffer.from(`${Buffer.from(body)} (no thinking)`),
      },
    }
    const send = async (text: string) =>
      Buffer.from(await open().ownBytes(Buffer.from(text), calls, here)).toString()

    expect(await send('theirs')).toBe('theirs (no thinking)')
    expect(await send('whose')).toBe('whose')
  })

  it('is not looked for where all places accept each other’s', async () => {
    const { open } = setUp({ isTracked: false })
    const broken: Dialect = {
      ...dialect(),
      states: {
        find: () => {
          throw new Error('looked')
        },
        without: () => bytes,
      },
    }

    expect(open().observer(here)).toBeUndefined()
    expect(await open().ownBytes(bytes, broken, here)).toBe(bytes)
  })

  it('is remembered of translated answers too, where the client’s protocol carries it bare', async () => {
    const { open } = setUp({ dialect: 'anthropic-messages' })
    open().recorder(here)([{ type: 'text-end', id: 't', state: [signature('theirs', there)] }])
    await settle()

    const own = await open().ownBytes(bytes, dialect(), here)

    expect(Buffer.from(own).toString()).toBe('a <mine> b  c <whose>')
  })
})

describe('a store that fails', () => {
  it('costs what was remembered, not the call', async () => {
    const errors: unknown[] = []
    const down = () => Promise.reject(new Error('down'))
    const store = { ...createMemoryStateStore({ clock: new FakeClock() }), get: down, set: down }
    const memory = new StateMemory(store, (error) => errors.push(error))
    const states = new CallStates({ memory, owner: 'me', dialect: 'openai-chat', isTracked: true })
    states.recorder(here)(turn)
    const request = conversation(thought(signature('s')), call())

    expect(await states.ownRequest(request, here)).toEqual(request)
    expect(errors.length).toBeGreaterThan(1)
  })
})
