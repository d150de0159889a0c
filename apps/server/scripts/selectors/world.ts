import {
  type Backend,
  type BackendPlugin,
  createGateway,
  type Explanation,
  fixedTargets,
  type Gateway,
  type Model,
  type StageFactory,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'

/** A backend of the examples. */
export interface ExampleBackend {
  readonly name: string
  readonly type: 'openai' | 'hybrid'
  readonly targets: readonly string[]
  readonly models: readonly string[]
}

/** What the examples of the page on selectors are resolved in. The first is the default. */
export const exampleBackends: readonly ExampleBackend[] = [
  {
    name: 'openai',
    type: 'openai',
    targets: ['KEY_1', 'KEY_2'],
    models: ['gpt-4o', 'gpt-4o-mini', 'shared'],
  },
  {
    name: 'anthropic',
    type: 'openai',
    targets: ['KEY_3'],
    models: ['claude-sonnet-4', 'shared'],
  },
  { name: 'local', type: 'openai', targets: ['KEY_4'], models: ['llama3:8b', 'qwen/qwen3'] },
  { name: 'hybrid', type: 'hybrid', targets: ['hybrid'], models: [] },
]

/** The failover route of the examples. */
export const exampleRoute = {
  policy: 'mk',
  elements: ['openai:gpt-4o', 'anthropic:claude-sonnet-4'],
} as const

/** A gateway of these backends, of which none calls anybody. Draws come out in the middle. */
export async function openExampleGateway(stages: readonly StageFactory[] = []): Promise<Gateway> {
  const gateway = await createGateway({
    config: {
      backends: exampleBackends.map((backend) => ({
        name: backend.name,
        plugin: pluginOf(backend),
        options: {},
      })),
      defaultBackend: 'openai',
      failoverRoutes: { safe: exampleRoute },
    },
    random: () => 0.5,
    stages,
  })
  await gateway.models({ id: 'examples', name: 'examples' })
  return gateway
}

/** Where a chat request for this model would go, with this as the only message. */
export function explainModel(
  gateway: Gateway,
  model: string,
  content = 'Hello',
): Promise<Explanation> {
  const body = { model, messages: [{ role: 'user', content }] }
  return gateway.explain({
    operation: 'chat',
    dialect: openaiChat,
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    signal: new AbortController().signal,
  })
}

function pluginOf({ type, targets, models }: ExampleBackend): BackendPlugin {
  return {
    apiVersion: 1,
    type,
    options: { type: 'object', properties: {}, additionalProperties: false },
    create: (): Backend => ({
      operations: new Set(['chat']),
      targets: fixedTargets(
        targets.map((name) => ({
          id: name,
          name,
          weight: 1,
          stateScope: name,
        })),
        { strategy: 'round-robin', affinity: 'none' },
      ),
      handling: () =>
        type === 'hybrid'
          ? { way: 'virtual' }
          : { way: 'forward', surface: 'chat', dialect: openaiChat },
      send: () => Promise.reject(new Error('examples call nobody')),
      models: async () => models.map((id): Model => ({ id, created: 0, capabilities: [] })),
    }),
  }
}
