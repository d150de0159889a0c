import { connect } from 'node:net'
import { type Backend, GatewayError, type WireResult } from '@jackfield/core'
import tiny, { tinyProperties } from '../tiny/plugin.ts'
import { type Mutant, withBackend, withPlugin } from './mutate.ts'

const living = new Set<Backend>()
let latest: Backend | undefined

/** Defects of plugins and of the making and ending of backends. */
export const pluginMutants: readonly Mutant[] = [
  withPlugin('has a type with capitals', { type: 'Tiny_Backend' }, ['plugin.type']),
  withPlugin('does not describe an option', { options: schema({ extra: { type: 'string' } }) }, [
    'options.described',
  ]),
  withPlugin(
    'writes an option in camelCase',
    { options: schema({ maxTries: { type: 'number', description: 'Tries.' } }) },
    ['options.snake-case'],
  ),
  withPlugin(
    'accepts unknown options',
    { options: { ...tiny.options, additionalProperties: true } },
    ['options.closed', 'options.unknown-key'],
  ),
  withPlugin(
    'accepts unknown keys deep in its options',
    {
      options: schema({
        limits: { type: 'object', description: 'Limits.', properties: {} },
      }),
    },
    ['options.closed'],
  ),
  withBackend(
    'connects when it is made',
    (_, { options }) => {
      const { hostname, port } = new URL(options.base_url)
      const socket = connect(Number(port), hostname, () => socket.destroy())
      socket.on('error', () => {})
      return {}
    },
    ['create.no-traffic', 'sockets.reused'],
  ),
  withBackend(
    'waits for a timer from the beginning',
    (_, { context }) => {
      context.clock.after(60_000, () => {})
      return {}
    },
    ['create.no-handles', 'lifecycle.nothing-left'],
  ),
  withBackend('reads the environment', () => {
    if (process.env['TINY_DEBUG'] !== undefined) throw new Error('debugging is not supported')
    return {}
  }, ['create.no-environment']),
  withBackend(
    'sends with the backend that was made last',
    (backend) => {
      latest = backend
      return { send: async (request, context) => await sendWith(latest, request, context) }
    },
    ['create.own-provider'],
  ),
  withBackend(
    'ends all backends with one',
    (backend) => {
      living.add(backend)
      return {
        send: async (request, context) =>
          living.has(backend)
            ? await sendWith(backend, request, context)
            : { failed: new GatewayError('upstream_error', 'It was disposed.') },
        async dispose() {
          living.clear()
          await backend.dispose?.()
        },
      }
    },
    ['create.independent'],
  ),
  withBackend(
    'cannot be disposed twice',
    (backend) => {
      let isDisposed = false
      return {
        async dispose() {
          if (isDisposed) throw new Error('it was disposed before')
          isDisposed = true
          await backend.dispose?.()
        },
      }
    },
    ['lifecycle.idempotent'],
  ),
  withBackend('leaves its connections open', () => ({ dispose: async () => {} }), [
    'lifecycle.connections',
    'lifecycle.open-answer',
  ]),
  withBackend(
    'cannot be disposed unused',
    (backend) => {
      let isUsed = false
      return {
        send: async (request, context) => {
          isUsed = true
          return await sendWith(backend, request, context)
        },
        async dispose() {
          if (!isUsed) throw new TypeError('there is no connection to close')
          await backend.dispose?.()
        },
      }
    },
    ['lifecycle.unused', 'lifecycle.idempotent'],
  ),
  withBackend(
    'gives keys new ids every time',
    (backend) => ({ targets: { ...backend.targets, current: renamed(backend) } }),
    ['keys.stable-ids'],
  ),
  withBackend(
    'turns the order of its keys round',
    (backend) => {
      const targets = backend.targets.current().toReversed()
      return { targets: { ...backend.targets, current: () => targets } }
    },
    ['keys.targets', 'keys.rotation'],
  ),
  withBackend(
    'shows its keys when it is printed',
    (_, { options }) => ({ revealed: options.api_keys.map(({ value }) => value.reveal()) }),
    ['secrets.inspected'],
  ),
]

function schema(properties: Readonly<Record<string, object>>): (typeof tiny)['options'] {
  return { ...tiny.options, properties: { ...tinyProperties, ...properties } }
}

async function sendWith(
  backend: Backend | undefined,
  ...call: Parameters<NonNullable<Backend['send']>>
): Promise<WireResult> {
  if (backend?.send === undefined) throw new TypeError('the good backend can send')
  return await backend.send(...call)
}

let made = 0

function renamed({ targets: { current } }: Backend): Backend['targets']['current'] {
  made += 1
  const prefix = `${made}-`
  const targets = current().map((target) => ({ ...target, id: prefix + target.id }))
  return () => targets
}
