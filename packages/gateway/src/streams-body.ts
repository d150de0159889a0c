import type { FastifyRequest } from 'fastify'

/**
 * Whether the body of an opaque call can be passed on unread: where a header names the backend, nothing of the body is
 * needed to route the call. JSON is read all the same, because its `model` may have to be rewritten.
 */
export function streamsBody(request: FastifyRequest): boolean {
  const { 'x-jackfield-backend': backend, 'content-type': type } = request.raw.headers
  if (backend === undefined || backend === '') return false
  return type !== undefined && !/^\s*application\/(?:[\w.-]+\+)?json\b/i.test(type)
}
