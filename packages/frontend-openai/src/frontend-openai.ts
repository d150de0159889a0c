import type { Dialect } from '@jackfield/core'
import { openaiChat, openaiResponses } from '@jackfield/dialect-openai'
import { type FrontendRoute, streamsBody } from '@jackfield/gateway'
import type { FastifyInstance, FastifyPluginAsync, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import {
  bareOpaquePaths,
  type CallPath,
  callPaths,
  defaultOpaquePaths,
  responsesPaths,
} from './paths.ts'

/** What of OpenAI's API is offered. */
export interface FrontendOpenAIOptions {
  /** Prefix of all paths. */
  readonly prefix?: string
  /**
   * Paths below `/v1`, as Fastify's router takes them, that are forwarded as they are. Default: audio, batches, files,
   * fine tuning, images, moderations, rerank, uploads, vector stores and videos. What a provider stores, it stores for
   * the owner of the provider's key: all clients of the gateway share it.
   */
  readonly opaquePaths?: readonly string[]
}

/** Paths with the same base and error form. */
interface PathFamily {
  readonly base: string
  readonly errorForm: string
  readonly opaquePaths: readonly string[]
}

const anyMethod: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const register: FastifyPluginAsync<FrontendOpenAIOptions> = async (app, options) => {
  const { opaquePaths = defaultOpaquePaths } = options
  const bare = opaquePaths.filter((path) => bareOpaquePaths.has(path))
  app.gateway.contributeModels({ dialect: openaiChat })
  for (const family of [
    { base: '/v1', errorForm: 'nested', opaquePaths },
    { base: '', errorForm: 'string', opaquePaths: bare },
  ]) {
    mountCalls(app, family, { dialect: openaiChat, paths: callPaths })
    mountCalls(app, family, { dialect: openaiResponses, paths: responsesPaths })
    mountOpaque(app, family)
  }
}

function mountCalls(
  app: FastifyInstance,
  { base, errorForm }: PathFamily,
  { dialect: scope, paths }: { readonly dialect: Dialect; readonly paths: readonly CallPath[] },
): void {
  const { gateway } = app
  const routes = paths.map(({ url, operation, dialect, methods = ['POST'] }): FrontendRoute => {
    const call = { dialect, operation, errorForm }
    return {
      url: `${base}${url}`,
      methods,
      handler: (request, reply) => gateway.serve(request, reply, call),
    }
  })
  gateway.mount(app, { dialect: scope, errorForm, routes })
}

function mountOpaque(app: FastifyInstance, { base, errorForm, opaquePaths }: PathFamily): void {
  const { gateway } = app
  const call = { dialect: openaiChat, operation: 'opaque', errorForm } as const
  const routes = opaquePaths.map(
    (url): FrontendRoute => ({
      url: `${base}${url}`,
      methods: anyMethod,
      handler: (request, reply) => gateway.serve(request, reply, call),
    }),
  )
  gateway.mount(app, { dialect: openaiChat, errorForm, streamsBody, routes })
}

/**
 * The endpoints of OpenAI's API: `chat/completions`, `completions`, `embeddings` and `responses` with and without `/v1`, and
 * the operations that are forwarded as they are. Register it after `@jackfield/gateway`, which adds `/v1/models`.
 */
export const frontendOpenAI: FastifyPluginAsync<FrontendOpenAIOptions> = fp(register, {
  name: '@jackfield/frontend-openai',
  fastify: '5.x',
  encapsulate: true,
  decorators: { fastify: ['gateway'] },
  dependencies: ['@jackfield/gateway'],
})
