import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { type FrontendRoute, streamsBody } from '@jackfield/gateway'
import type { FastifyInstance, FastifyPluginAsync, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import { modelsShape } from './models-shape.ts'
import { callPaths, defaultOpaquePaths, sharedOpaquePaths } from './paths.ts'

/** What of Anthropic's API is offered. */
export interface FrontendAnthropicOptions {
  /** Prefix of all paths. */
  readonly prefix?: string
  /**
   * Paths below `/anthropic/v1`, as Fastify's router takes them, that are forwarded as they are; those of batches exist below `/v1`
   * too. Default: batches and files. What a provider stores, it stores for the owner of the provider's key: all
   * clients of the gateway share it.
   */
  readonly opaquePaths?: readonly string[]
}

const dialect = anthropicMessages
const anyMethod: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const register: FastifyPluginAsync<FrontendAnthropicOptions> = async (app, options) => {
  const { opaquePaths = defaultOpaquePaths } = options
  app.gateway.contributeModels(modelsShape)
  mountCalls(app, ['/v1/messages/*'])
  mountOpaque(
    app,
    opaquePaths.filter((path) => sharedOpaquePaths.includes(path)),
  )
  answerProbe(app)
  await app.register(async (own) => mountOwn(own, opaquePaths), { prefix: '/anthropic' })
}

/** Everything once more below a path of its own, where nothing is shared with other protocols. */
function mountOwn(app: FastifyInstance, opaquePaths: readonly string[]): void {
  mountCalls(app, ['/*'])
  mountOpaque(app, opaquePaths)
  mountModels(app)
  answerProbe(app)
}

function mountCalls(app: FastifyInstance, claimedPaths: readonly string[]): void {
  const { gateway } = app
  const routes = callPaths.map(
    ({ url, operation }): FrontendRoute => ({
      url,
      methods: ['POST'],
      handler: (request, reply) => gateway.serve(request, reply, { dialect, operation }),
    }),
  )
  gateway.mount(app, { dialect, routes, claimedPaths })
}

function mountOpaque(app: FastifyInstance, paths: readonly string[]): void {
  const { gateway } = app
  const routes = paths.map(
    (path): FrontendRoute => ({
      url: `/v1${path}`,
      methods: anyMethod,
      handler: (request, reply) => gateway.serve(request, reply, { dialect, operation: 'opaque' }),
    }),
  )
  gateway.mount(app, { dialect, streamsBody, routes })
}

function mountModels(app: FastifyInstance): void {
  const { gateway } = app
  const shape = modelsShape
  const routes: readonly FrontendRoute[] = [
    {
      url: '/v1/models',
      methods: ['GET'],
      handler: (request, reply) => gateway.serveModels(request, reply, { shape }),
    },
    {
      url: '/v1/models/*',
      methods: ['GET'],
      handler(request, reply) {
        const { '*': id } = request.params as { readonly '*': string }
        return gateway.serveModels(request, reply, { shape, id })
      },
    },
  ]
  gateway.mount(app, { dialect, routes })
}

/** Claude Code asks whether somebody is there before it sends anything. A host may have an answer of its own. */
function answerProbe(app: FastifyInstance): void {
  const url = app.prefix === '' ? '/' : app.prefix
  if (app.hasRoute({ method: 'HEAD', url })) return
  app.head('/', (_request, reply) => reply.send())
}

/**
 * The endpoints of Anthropic's API: `/v1/messages` and its token counts, also below `/anthropic`, where models, batches
 * and files are too. Register it after `@jackfield/gateway`, which then shows `/v1/models` in Anthropic's
 * shape to clients that send `anthropic-version`.
 */
export const frontendAnthropic: FastifyPluginAsync<FrontendAnthropicOptions> = fp(register, {
  name: '@jackfield/frontend-anthropic',
  fastify: '5.x',
  encapsulate: true,
  decorators: { fastify: ['gateway'] },
  dependencies: ['@jackfield/gateway'],
})
