import type { FastifyServerOptions } from 'fastify'

/**
 * Keeps Fastify from loading its schema compilers, which takes a tenth of the whole start. No route of the server has a
 * schema: bodies are bytes. One that had would stop the start here instead of going unchecked.
 */
export const noSchemas: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: () => refuse, buildSerializer: () => refuse },
}

function refuse(): never {
  throw new TypeError(
    'A route of the server has a schema. Give the server a schema compiler first.',
  )
}
