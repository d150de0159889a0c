import { GatewayError } from '@jackfield/core'
import { gemini, geminiErrorForm, geminiOperation } from '@jackfield/dialect-gemini'
import { type FrontendRoute, streamsBody } from '@jackfield/gateway'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import { modelsShape } from './models-shape.ts'
import { defaultOpaquePaths, isCall, versions } from './paths.ts'

/** What of Gemini's API is offered. */
export interface FrontendGeminiOptions {
  /** Prefix of all paths. */
  readonly prefix?: string
  /**
   * Paths below a version, as Fastify's router takes them, that are forwarded as they are; below the plain `/v1` there are none.
   * Default: cached contents, files, batches and operations. What a provider stores, it stores for the owner of the provider's
   * key: all clients of the gateway share it.
   */
  readonly opaquePaths?: readonly string[]
}

const dialect = gemini
const shape = modelsShape
const anyMethod: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const register: FastifyPluginAsync<FrontendGeminiOptions> = async (app, options) => {
  const { opaquePaths = defaultOpaquePaths } = options
  app.gateway.contributeModels(shape)
  // The gateway has `/v1/models`, and asks the shape for the calls below it.
  for (const version of versions.filter((name) => name !== 'v1')) {
    mountVersion(app, version, opaquePaths)
  }
  const mountOwn = async (own: FastifyInstance): Promise<void> => {
    for (const version of versions) mountVersion(own, version, opaquePaths)
    own.gateway.mount(own, { dialect, routes: [], claimedPaths: ['/*'] })
  }
  await app.register(mountOwn, { prefix: '/gemini' })
}

function mountVersion(app: FastifyInstance, version: string, opaquePaths: readonly string[]): void {
  const { gateway } = app
  gateway.mount(app, {
    dialect,
    routes: [
      listRoute(app, version),
      modelRoute(app, version),
      callRoute(app, `/${version}/tunedModels/*`),
    ],
    claimedPaths: [`/${version}`, `/${version}/*`],
  })
  const routes = opaquePaths.map(
    (path): FrontendRoute => ({
      url: `/${version}${path}`,
      methods: anyMethod,
      handler: (request, reply) => gateway.serve(request, reply, { dialect, operation: 'opaque' }),
    }),
  )
  gateway.mount(app, { dialect, streamsBody, routes })
}

function listRoute({ gateway }: FastifyInstance, version: string): FrontendRoute {
  return {
    url: `/${version}/models`,
    methods: ['GET'],
    handler: (request, reply) => gateway.serveModels(request, reply, { shape }),
  }
}

/** One model, or a call of it. */
function modelRoute(app: FastifyInstance, version: string): FrontendRoute {
  const call = callRoute(app, `/${version}/models/*`)
  return {
    ...call,
    methods: ['GET', 'POST'],
    handler: (request, reply) =>
      request.method === 'POST'
        ? call.handler(request, reply)
        : app.gateway.serveModels(request, reply, { shape, id: nameIn(request) }),
  }
}

/** A call: the model stands in the path, and behind its last colon what is asked of it. */
function callRoute({ gateway }: FastifyInstance, url: string): FrontendRoute {
  return {
    url,
    methods: ['POST'],
    handler(request, reply) {
      if (!isCall(nameIn(request))) throw noMethod(request)
      const [path = '', query = ''] = (request.raw.url ?? '').split('?', 2)
      const errorForm = geminiErrorForm(path, query)
      gateway.serve(request, reply, {
        dialect,
        operation: geminiOperation(path),
        ...(errorForm === undefined ? {} : { errorForm }),
      })
    },
  }
}

/** The router decodes it: a name with slashes arrives the same whether they were escaped or not. */
function nameIn({ params }: FastifyRequest): string {
  const { '*': name } = params as { readonly '*': string }
  return name
}

function noMethod({ method }: FastifyRequest): GatewayError {
  const message = `${method} needs a method behind the model, such as models/{model}:generateContent.`
  return new GatewayError('not_found', message)
}

/**
 * The endpoints of Gemini's API: models, generations, token counts and embeddings below `/v1beta` and `/v1alpha`, the calls also
 * below `/v1`, and everything once more below `/gemini`. Register it after `@jackfield/gateway`, which then shows
 * `/v1/models` in Gemini's shape to Google's clients.
 */
export const frontendGemini: FastifyPluginAsync<FrontendGeminiOptions> = fp(register, {
  name: '@jackfield/frontend-gemini',
  fastify: '5.x',
  encapsulate: true,
  decorators: { fastify: ['gateway'] },
  dependencies: ['@jackfield/gateway'],
})
