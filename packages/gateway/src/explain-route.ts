import { GatewayError } from '@jackfield/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseBodies } from './body-parser.ts'
import { callerOf } from './caller.ts'
import { type ExplainedRequest, readExplainRequest } from './explain-request.ts'
import type { HostParts } from './host-parts.ts'
import { addRoute } from './routes.ts'

const explainPath = '/v1/jackfield/explain'

/** Headers in which callers identify themselves, to the gateway or to the host around it. */
const credentialHeaders = ['authorization', 'x-api-key', 'x-goog-api-key', 'cookie'] as const

/**
 * Headers that describe the connection or the form of the body. Those of the request that asks count: they say who asks, and the
 * explained body is JSON as it stands.
 */
const connectionHeaders: readonly RegExp[] = [
  /^(?:host|forwarded|x-real-ip)$/,
  /^x-forwarded-/,
  /^(?:connection|keep-alive|upgrade|expect|te|trailer)$/,
  /^(?:content-(?:length|encoding|type)|transfer-encoding)$/,
  /^proxy-/,
]

/** Headers of {@link connectionHeaders} that the explained request takes from the one that asks. */
const inheritedHeaders = /^(?:host|forwarded|x-real-ip|x-forwarded-.*)$/

/** A header that it takes where it has none itself. */
const agentHeader = 'user-agent'

/** Adds the path that says where a request would go, without sending it. For an encapsulated scope. */
export function addExplainRoute(scope: FastifyInstance, parts: HostParts): void {
  parseBodies(scope, parts.settings, () => false)
  addRoute(scope, {
    url: explainPath,
    methods: ['POST'],
    handler: (request, reply) => explain(request, reply, parts),
  })
}

async function explain(
  request: FastifyRequest,
  reply: FastifyReply,
  { core, mounted, dryRuns }: HostParts,
): Promise<void> {
  const caller = callerOf(request)
  core.authenticate(caller.headers)
  const { prefix } = request.server
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
  const asked = readExplainRequest(body, prefix)
  if (!mounted.has(asked.method, asked.path)) throw refusal(asked, `${prefix}${explainPath}`)
  const { answer, hasArrived } = await dryRuns.run((mark) =>
    request.server.inject({
      method: asked.method,
      url: `${asked.path}${asked.search}`,
      headers: { ...headersFor(asked, request), ...mark },
      remoteAddress: request.raw.socket.remoteAddress ?? '',
      ...(asked.body === undefined ? {} : { payload: Buffer.from(asked.body) }),
    }),
  )
  // Whoever refused it before it was a call would refuse the real one as well: in these words.
  if (!hasArrived && answer.statusCode < 400) throw notACall(asked)
  reply.code(answer.statusCode)
  reply.header('content-type', answer.headers['content-type'] ?? 'application/json')
  reply.header('cache-control', 'no-store')
  reply.send(answer.rawPayload)
}

function refusal(asked: ExplainedRequest, own: string): GatewayError {
  const { method, path } = asked
  if (path.replace(/\/$/, '') === own) {
    return new GatewayError('invalid_request', 'An explanation cannot be explained.', {
      param: 'path',
    })
  }
  return new GatewayError('not_found', `Nothing answers ${method} ${path}.`, { param: 'path' })
}

function notACall({ method, path }: ExplainedRequest): GatewayError {
  const message = `${method} ${path} goes to no backend: there is nothing to explain.`
  return new GatewayError('invalid_request', message, { param: 'path' })
}

/** The headers that the explained request is sent with: a caller explains as himself unless it says otherwise. */
function headersFor(
  { headers, search }: ExplainedRequest,
  request: FastifyRequest,
): Readonly<Record<string, string>> {
  const own = Object.entries(headers).filter(
    ([name]) => !connectionHeaders.some((pattern) => pattern.test(name)),
  )
  const asking = callerOf(request).headers
  const inherited = Object.entries(asking).filter(([name]) => inheritedHeaders.test(name))
  const isAnonymous =
    !credentialHeaders.some((name) => headers[name] !== undefined) && !/[?&]key=/.test(search)
  const credentials = isAnonymous
    ? Object.entries(asking).filter(([name]) => credentialHeaders.some((known) => known === name))
    : []
  return {
    ...textsOf([[agentHeader, asking[agentHeader]]]),
    ...Object.fromEntries(own),
    ...textsOf([...inherited, ...credentials]),
    'content-type': 'application/json',
  }
}

function textsOf(
  entries: readonly (readonly [string, string | readonly string[] | undefined])[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      if (value === undefined) return []
      return [[name, typeof value === 'string' ? value : value.join(', ')] as const]
    }),
  )
}
