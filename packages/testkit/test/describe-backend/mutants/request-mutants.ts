import type { Headers, WireRequest } from '@jackfield/core'
import { type Mutant, withBackend, withRequests, withSend } from './mutate.ts'

/** Defects in what providers are asked. */
export const requestMutants: readonly Mutant[] = [
  withRequests(
    'adds a header to the host’s own request',
    (request) => {
      Object.assign(request.headers, { 'x-tiny': '1' })
      return request
    },
    ['requests.unchanged'],
  ),
  withSend(
    'blanks the host’s bytes after they are sent',
    (send) => async (request, context) => {
      const copy = request.body instanceof Uint8Array ? Uint8Array.from(request.body) : undefined
      const result = await send({ ...request, ...(copy && { body: copy }) }, context)
      if (request.body instanceof Uint8Array) request.body.fill(32)
      return result
    },
    // The next key has nothing to send.
    ['requests.unchanged', 'keys.rejected', 'keys.limited'],
  ),
  withSend(
    'repeats a request that met an overloaded provider',
    (send) => async (request, context) => {
      const result = await send(request, context)
      const again = 'failed' in result && result.failed.upstream?.status === 503
      return again ? await send(request, context) : result
    },
    ['requests.one-per-attempt'],
  ),
  withSend(
    'repeats a request whose connection was lost',
    (send) => async (request, context) => {
      const result = await send(request, context)
      const isLost = 'failed' in result && result.failed.message.includes('ECONNRESET')
      return isLost ? await send(request, context) : result
    },
    ['requests.one-per-lost-connection'],
  ),
  withRequests(
    'sends its clients’ keys along',
    (request, { call }) => withHeaders(request, { 'x-client': call.headers['authorization'] }),
    ['headers.client-credentials'],
  ),
  withRequests(
    'sends headers of proxies along',
    (request, { call }) =>
      withHeaders(request, { 'x-forwarded-for': call.headers['x-forwarded-for'] }),
    ['headers.hop-by-hop'],
  ),
  withRequests(
    'asks for compressed answers',
    (request) => withHeaders(request, { 'accept-encoding': 'gzip' }),
    ['headers.identity'],
  ),
  withBackend(
    'translates what it says it forwards',
    (backend) => ({
      handling(head, call) {
        const handling = backend.handling(head, call)
        return handling.way === 'forward' && head.operation === 'chat'
          ? { ...handling, way: 'translate', streaming: 'as-asked' }
          : handling
      },
    }),
    ['requests.way', 'requests.forwarded-bytes'],
  ),
  withRequests(
    'writes forwarded numbers anew, and leaves out what it does not know',
    (request) => onlyChat(request, ({ x_unknown: _, ...known }) => known),
    ['requests.forwarded-bytes'],
  ),
  withRequests(
    'sends a member that a strict provider refuses',
    (request) =>
      onlyChat(request, (body) => (body['top_p'] === undefined ? body : { ...body, tiny: true })),
    ['requests.accepted'],
  ),
  withBackend(
    'serves no embeddings although it says so',
    (backend) => ({
      operations: new Set([...backend.operations].filter((name) => name !== 'embeddings')),
    }),
    ['operations.declared', 'operations.embeddings'],
  ),
  withRequests(
    'reads what should pass unread',
    (request) => (request.operation === 'opaque' ? withBody(request, (body) => body) : request),
    ['operations.opaque'],
  ),
  withSend(
    'loses questions when many come at once',
    (send) => async (request, context) => {
      questions.push(request)
      const asked = questions.length > 8 ? (questions.at(-8) ?? request) : request
      const result = await send(asked, context)
      questions.splice(questions.indexOf(request), 1)
      return result
    },
    ['concurrency.never-mixed'],
  ),
]

const questions: WireRequest[] = []

function withHeaders(request: WireRequest, headers: Headers): WireRequest {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(given) } }
}

type Body = Readonly<Record<string, unknown>>

function onlyChat(request: WireRequest, change: (body: Body) => Body): WireRequest {
  return request.operation === 'chat' ? withBody(request, change) : request
}

function withBody(request: WireRequest, change: (body: Body) => Body): WireRequest {
  if (!(request.body instanceof Uint8Array)) return request
  const body = JSON.parse(Buffer.from(request.body).toString()) as Body
  return { ...request, body: Buffer.from(JSON.stringify(change(body))) }
}
