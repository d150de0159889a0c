import type { Dialect, Gateway, Operation } from '@jackfield/core'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { ModelsShape } from './models-shape.ts'

/** One call as a frontend understands it from its route. */
export interface ServedCall {
  readonly dialect: Dialect
  readonly operation: Operation
  /** Which of the dialect's error forms the path answers with, unless the operator chose one for all paths. */
  readonly errorForm?: string
}

/** One path of a frontend. */
export interface FrontendRoute {
  /** As Fastify's router takes it. */
  readonly url: string
  /** What it answers; `HEAD` comes with `GET`. Other methods get a 405 that names these. */
  readonly methods: readonly HTTPMethods[]
  handler(request: FastifyRequest, reply: FastifyReply): void | Promise<void>
}

/** Paths of one client protocol that treat bodies and errors alike. */
export interface FrontendScope {
  /** Encodes what goes wrong before a call begins. */
  readonly dialect: Pick<Dialect, 'encodeError'>
  /** The dialect's error form on these paths, unless the operator chose one for all paths. */
  readonly errorForm?: string
  readonly routes: readonly FrontendRoute[]
  /** Paths, as Fastify's router takes them, that answer 404 in the protocol's form where nothing else answers. */
  readonly claimedPaths?: readonly string[]
  /**
   * Whether this request's body is streamed through unread instead of being held in memory. Compressed bodies never
   * are. Absent: none is.
   */
  streamsBody?(request: FastifyRequest): boolean
}

/** What `app.gateway` is: the core gateway, and what frontends need to put it behind HTTP. */
export interface GatewayHost {
  readonly core: Gateway
  /**
   * Adds paths in a scope of their own: bodies of every content type arrive as bytes, compressed ones decoded; errors
   * are answered in the protocol's form. Parsers, hooks, errors and routes of the rest of the app are not touched.
   */
  mount(app: FastifyInstance, frontend: FrontendScope): void
  /** Hands a request of a mounted route to the core gateway, which answers it. Takes the reply over. */
  serve(request: FastifyRequest, reply: FastifyReply, call: ServedCall): void
  /**
   * Answers, on a mounted route, with the models that the caller may use, or with the one that `id` names, in a
   * protocol's shape. Resolves when the answer is sent; rejects with what the route's scope then answers.
   */
  serveModels(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { readonly shape: ModelsShape; readonly id?: string },
  ): Promise<void>
  /**
   * Adds a shape for the shared paths. Shapes are asked in the order in which they were added; one without `matches`
   * answers whom no other claims.
   */
  contributeModels(shape: ModelsShape): void
  /** Answers 404 in the form of the path: for `app.setNotFoundHandler` of an app that is nothing but a gateway. */
  notFound(request: FastifyRequest, reply: FastifyReply): void
  /** Answers an error in the form of the path: for `app.setErrorHandler` of an app that is nothing but a gateway. */
  refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): void
}

declare module 'fastify' {
  interface FastifyInstance {
    gateway: GatewayHost
  }
}
