import type { Gateway, GatewayError } from '@jackfield/core'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { callerOf } from './caller.ts'
import { codingProblem, contentCoding } from './decode-body.ts'
import { announcedBytes, bodyTooLarge } from './read-body.ts'
import { targetProblem } from './request-target.ts'

/** What is asked of a request before its body is read. */
export interface AdmissionRules {
  readonly core: Pick<Gateway, 'authenticate'>
  /** Bytes that a body may have, depending on whether it is held or streamed. */
  bodyLimit(request: FastifyRequest): number
}

/** Bodies above this size are read only for clients who may call at all. */
const authenticateFirstBytes = 256 * 1024

// Fastify refuses content types that are not of this form. Clients send such things together with good JSON.
const contentType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/

/** Refuses what can be refused without the body: bad paths, bodies too large or in an unknown coding, unknown callers. */
export function admission(rules: AdmissionRules): onRequestHookHandler {
  return (request, _reply, done) => {
    tolerateContentType(request)
    const problem = targetProblem(request.raw.url ?? '/') ?? bodyProblem(request, rules)
    if (problem === undefined) done()
    else done(problem)
  }
}

function bodyProblem(request: FastifyRequest, rules: AdmissionRules): GatewayError | undefined {
  const { headers } = request.raw
  const length = announcedBytes(request.raw)
  if (length === undefined && headers['transfer-encoding'] === undefined) return undefined
  const limit = rules.bodyLimit(request)
  if (length !== undefined && length > limit) return bodyTooLarge(limit)
  // Throws `unauthenticated`, which Fastify takes as the hook's error.
  if ((length ?? limit) > authenticateFirstBytes) rules.core.authenticate(callerOf(request).headers)
  return codingProblem(contentCoding(headers['content-encoding']))
}

function tolerateContentType(request: FastifyRequest): void {
  const type = request.raw.headers['content-type']
  if (type === undefined || type === 'application/json' || contentType.test(type)) return
  // Only what Fastify looks at: the call keeps the header that the client sent.
  request.headers = { 'content-type': 'application/octet-stream' }
}
