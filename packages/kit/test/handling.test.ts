import type { BodyPatch, CallHead, CallView, Handling, Operation } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createHandling, type HandlingOptions } from '../src/handling.ts'
import type { Surface } from '../src/surface.ts'
import { callHead, callView } from './doubles/backend.ts'
import { stubDialect } from './doubles/stub-dialect.ts'

const surface = (name: string, dialect: string, rest: Partial<Surface> = {}): Surface => ({
  name,
  dialect: stubDialect(dialect),
  operations: ['chat'],
  baseUrl: 'https://api.acme.example',
  auth: 'bearer',
  streaming: 'native',
  forwards: true,
  ...rest,
})

interface Asked {
  readonly dialect?: string
  readonly head?: Partial<CallHead>
  readonly call?: Partial<CallView>
}

function ask(
  surfaces: readonly Surface[],
  { dialect = 'openai', head, call }: Asked = {},
  options: Partial<HandlingOptions> = {},
): Handling {
  const handling = createHandling({ backend: 'acme', surfaces, ...options })
  return handling(callHead(head), callView({ dialect, ...call }))
}

const openai = surface('chat', 'openai')
const anthropic = surface('messages', 'anthropic')

describe('handling', () => {
  it('forwards each client dialect to its own surface', () => {
    const surfaces = [openai, anthropic]

    expect(ask(surfaces, { dialect: 'openai' })).toEqual({
      way: 'forward',
      surface: 'chat',
      dialect: openai.dialect,
    })
    expect(ask(surfaces, { dialect: 'anthropic' })).toMatchObject({
      way: 'forward',
      surface: 'messages',
    })
  })

  it('translates other dialects for the first surface that chats', () => {
    const embeddings = surface('embeddings', 'x', { operations: ['embeddings'] })

    expect(ask([embeddings, anthropic, openai], { dialect: 'gemini' })).toEqual({
      way: 'translate',
      surface: 'messages',
      dialect: anthropic.dialect,
      streaming: 'as-asked',
    })
  })

  it('translates them for the surface that is chosen for it', () => {
    const surfaces = [openai, anthropic]
    const chosen = { translation: 'messages' }

    expect(ask(surfaces, { dialect: 'gemini' }, chosen)).toMatchObject({ surface: 'messages' })
    expect(
      ask(surfaces, { dialect: 'legacy', head: { operation: 'completions' } }, chosen),
    ).toMatchObject({ way: 'translate', surface: 'messages' })
    expect(ask(surfaces, {}, chosen)).toMatchObject({ way: 'forward', surface: 'chat' })
  })

  it.each([
    ['embeddings', 'embeddings'],
    ['count-tokens', 'counting'],
  ] as const)('translates %s where a surface’s protocol has them', (operation, member) => {
    const codec = stubDialect().chat as never
    const operations = ['chat', operation] as const
    const without = surface('without', 'x', { operations })
    const able = surface('able', 'y', {
      operations,
      dialect: { ...stubDialect('y'), [member]: codec },
    })
    const other = surface('other', 'z', {
      operations,
      dialect: { ...stubDialect('z'), [member]: codec },
    })
    const asked = { dialect: 'gemini', head: { operation } }

    expect(ask([without, able, other], asked)).toMatchObject({ way: 'translate', surface: 'able' })
    expect(ask([without, able, other], asked, { translation: 'other' })).toMatchObject({
      surface: 'other',
    })
    expect(ask([without, able, other], { ...asked, dialect: 'x' })).toMatchObject({
      way: 'forward',
      surface: 'without',
    })
    expect(ask([without], asked).way).toBe('refuse')
  })

  it.each([
    ['native', false, 'forward'],
    ['native', true, 'forward'],
    ['never', false, 'forward'],
    ['never', true, 'translate'],
    ['always', false, 'translate'],
    ['always', true, 'forward'],
  ] as const)(
    'with a surface that streams %s and a stream asked: %s, does %s',
    (streaming, stream, way) => {
      const handling = ask([surface('chat', 'openai', { streaming })], { head: { stream } })

      expect(handling.way).toBe(way)
      if (handling.way === 'translate') expect(handling.streaming).toBe(streaming)
    },
  )

  it('looks at streaming only where answers can stream', () => {
    const never = surface('chat', 'openai', { streaming: 'always', operations: ['embeddings'] })

    expect(ask([never], { head: { operation: 'embeddings' } }).way).toBe('forward')
  })

  it('translates where the surface does not want the client’s bytes', () => {
    const picky = surface('chat', 'openai', {
      forwards: (_head, call) => call.field('n') === undefined,
    })

    expect(ask([picky]).way).toBe('forward')
    expect(ask([picky], { call: { field: () => 2 } }).way).toBe('translate')
    expect(ask([surface('chat', 'openai', { forwards: false })]).way).toBe('translate')
  })

  it('serves completions through chat where there is no surface for them', () => {
    const asked = { dialect: 'openai-completions', head: { operation: 'completions' } } as const
    const own = surface('completions', 'openai-completions', { operations: ['completions'] })

    expect(ask([openai], asked)).toMatchObject({ way: 'translate', surface: 'chat' })
    expect(ask([openai, own], asked)).toMatchObject({ way: 'forward', surface: 'completions' })
  })

  it.each(['opaque', 'resource'] as const)(
    'relays %s calls of the surface’s dialect',
    (operation) => {
      const relaying = surface('chat', 'openai', { operations: ['chat', operation] })

      expect(ask([anthropic, relaying], { head: { operation } })).toEqual({
        way: 'relay',
        surface: 'chat',
        dialect: relaying.dialect,
      })
    },
  )

  it.each([
    ['embeddings', 'openai'],
    ['opaque', 'openai'],
    ['resource', 'openai'],
    ['count-tokens', 'anthropic'],
  ] as const)('refuses %s calls that nobody serves', (operation: Operation, dialect) => {
    const handling = ask([openai, anthropic], { dialect, head: { operation } })

    expect(handling).toMatchObject({
      way: 'refuse',
      error: { code: 'unsupported_capability', upstream: { backend: 'acme' } },
    })
    if (handling.way === 'refuse') {
      expect(handling.error.message).toContain(
        `acme does not serve ${operation} calls of the ${dialect}`,
      )
    }
  })

  it('refuses to relay calls of another dialect, whose paths mean something else', () => {
    const relaying = surface('chat', 'openai', { operations: ['chat', 'opaque'] })

    expect(ask([relaying], { dialect: 'anthropic', head: { operation: 'opaque' } }).way).toBe(
      'refuse',
    )
  })

  it('adds patches to generations, whichever way they take', () => {
    const patches: readonly BodyPatch[] = [{ remove: 'stream_options' }]
    const surfaces = [surface('chat', 'openai', { patches, operations: ['chat', 'embeddings'] })]

    expect(ask(surfaces)).toHaveProperty('patches', patches)
    expect(ask(surfaces, { dialect: 'gemini' })).toHaveProperty('patches', patches)
    expect(ask(surfaces, { head: { operation: 'embeddings' } })).not.toHaveProperty('patches')
  })

  it('asks a function for patches, for every call', () => {
    const patches = (head: CallHead): readonly BodyPatch[] =>
      head.operation === 'embeddings' ? [{ set: 'input_type', value: head.model ?? '' }] : []
    const surfaces = [surface('chat', 'openai', { patches, operations: ['chat', 'embeddings'] })]

    expect(ask(surfaces)).not.toHaveProperty('patches')
    expect(ask(surfaces, { head: { operation: 'embeddings' } })).toHaveProperty('patches', [
      { set: 'input_type', value: 'm' },
    ])
  })

  it('names the model as the provider does, only where that differs', () => {
    const upstreamModel = (model: string): string => model.replace(/^acme\//, '')
    const surfaces = [surface('chat', 'openai', { operations: ['chat', 'opaque'] })]
    const asked = (model: string, operation: Operation = 'chat') =>
      ask(surfaces, { head: { model, operation } }, { upstreamModel })

    expect(asked('acme/large')).toMatchObject({ way: 'forward', model: 'large' })
    expect(asked('acme/large', 'opaque')).toMatchObject({ way: 'relay', model: 'large' })
    expect(asked('large')).not.toHaveProperty('model')
  })

  it('gives the same object to every call that differs in nothing', () => {
    const handling = createHandling({ backend: 'acme', surfaces: [openai] })

    expect(handling(callHead(), callView({ dialect: 'openai' }))).toBe(
      handling(callHead(), callView({ dialect: 'openai' })),
    )
  })
})
