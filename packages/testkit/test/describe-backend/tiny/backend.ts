import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import {
  type AttemptContext,
  type Backend,
  type BackendContext,
  type CallHead,
  type CallView,
  type Dialect,
  fixedTargets,
  GatewayError,
  type Handling,
  isGatewayError,
  type Model,
  type NamedSecret,
  type ProbeContext,
  type Target,
  type WireRequest,
  type WireResponse,
  type WireResult,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { exchange } from './exchange.ts'
import { readModels, readWhole } from './read-answer.ts'

export interface TinyOptions {
  readonly base_url: string
  readonly api_keys: readonly NamedSecret[]
}

const hidden = /^(authorization|x-api-key|x-goog-api-key|cookie|connection|host|te|upgrade)$/

/** A backend by hand: everything that the contract asks for, and nothing else. */
export class TinyBackend implements Backend {
  readonly operations = new Set(['chat', 'completions', 'embeddings', 'opaque'] as const)
  readonly targets: Backend['targets']
  readonly #agent = new Agent({ keepAlive: true })
  readonly #base: string
  readonly #context: BackendContext
  readonly #open = new Set<AbortController>()
  protected readonly dialect: Dialect = openaiChat

  constructor({ base_url, api_keys }: TinyOptions, context: BackendContext) {
    const { origin, pathname } = new URL(base_url)
    this.#base = origin + (pathname === '/' ? '/v1' : pathname.replace(/\/$/, ''))
    this.#context = context
    const defaults = { strategy: 'round-robin', affinity: 'none' } as const
    this.targets = fixedTargets(api_keys.map(targetOf), defaults)
  }

  handling({ operation }: CallHead, { dialect }: Pick<CallView, 'dialect'>): Handling {
    const surface = { surface: 'tiny', dialect: this.dialect }
    if (operation === 'opaque') return { way: 'relay', ...surface }
    if (dialect === this.dialect.name) return { way: 'forward', ...surface }
    return { way: 'translate', ...surface, streaming: 'as-asked' }
  }

  async send(request: WireRequest, { target, signal }: AttemptContext): Promise<WireResult> {
    const answer = await this.#ask(request, target, signal)
    if (isGatewayError(answer)) return { failed: answer }
    if (answer.status < 300 && answer.status !== 204 && !isPage(answer, request)) {
      return { ok: answer }
    }
    const raw = { ...answer, body: await readWhole(answer.body) }
    const failed = answer.status < 400 ? unusable() : this.dialect.decodeError(raw)
    return { failed: named(failed, this.#context.name, answer.status), raw }
  }

  async models({ signal }: ProbeContext): Promise<readonly Model[]> {
    const [target] = this.targets.current()
    if (target === undefined) return []
    const answer = await this.#ask(listRequest, target, signal)
    if (isGatewayError(answer)) throw answer
    const body = await readWhole(answer.body)
    if (answer.status >= 400) throw this.dialect.decodeError({ ...answer, body })
    return readModels(body)
  }

  async probe(target: Target, { signal }: ProbeContext): Promise<GatewayError | undefined> {
    const answer = await this.#ask(listRequest, target, signal)
    if (isGatewayError(answer)) return answer
    const body = await readWhole(answer.body)
    return answer.status < 400 ? undefined : this.dialect.decodeError({ ...answer, body })
  }

  async dispose(): Promise<void> {
    for (const call of this.#open) call.abort(gone())
    this.#agent.destroy()
  }

  async #ask(
    { method, path, headers, body, framing, operation }: WireRequest,
    target: Target,
    signal: AbortSignal,
  ): Promise<WireResponse | GatewayError> {
    const { secret } = (await target.credential?.(signal)) ?? {}
    const disposal = new AbortController()
    this.#open.add(disposal)
    const kept = Object.entries(headers).filter(([name]) => !hidden.test(name))
    const bytes = await bytesOf(body)
    if (isGatewayError(bytes)) return bytes
    const answer = await exchange(
      this.#agent,
      {
        method,
        url: this.#base + path.replace(/^\/v1/, ''),
        headers: {
          ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
          'content-type': String(headers['content-type'] ?? 'application/json'),
          'user-agent': this.#context.userAgent,
          ...(secret && { authorization: `Bearer ${secret.reveal()}` }),
        },
        ...(bytes && { body: bytes }),
        signal: AbortSignal.any([signal, disposal.signal]),
        maxBytes:
          operation === 'opaque' || framing !== 'json' ? 0 : this.#context.network.maxResponseBytes,
      },
      this.#context,
    )
    if (isGatewayError(answer)) {
      this.#open.delete(disposal)
      return answer
    }
    answer.message.once('close', () => this.#open.delete(disposal))
    const { statusCode: status = 0, headers: received } = answer.message
    return {
      status,
      headers: withoutEncoding(received),
      framing: framingOf(received),
      body: answer.body,
    }
  }
}

const listRequest: WireRequest = {
  surface: 'tiny',
  operation: 'resource',
  model: '',
  method: 'GET',
  path: '/models',
  headers: {},
  framing: 'json',
}

function bytesOf(
  body: WireRequest['body'],
): Promise<Uint8Array | GatewayError> | Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body
  return readWhole(body).catch((error: GatewayError) => error)
}

function targetOf({ name, value }: NamedSecret): Target {
  const id = createHash('sha256').update(value.reveal()).digest('hex').slice(0, 16)
  return { id, name, weight: 1, stateScope: 'tiny', credential: () => ({ secret: value }) }
}

function framingOf(headers: NodeJS.Dict<string | string[]>): WireResponse['framing'] {
  const type = String(headers['content-type'])
  if (type.startsWith('text/event-stream')) return 'sse'
  return type.startsWith('application/json') ? 'json' : 'opaque'
}

function withoutEncoding(headers: NodeJS.Dict<string | string[]>): WireResponse['headers'] {
  const { 'content-encoding': _, 'content-length': __, ...rest } = headers
  return rest
}

function isPage({ headers }: WireResponse, { operation }: WireRequest): boolean {
  return operation !== 'opaque' && String(headers['content-type']).startsWith('text/html')
}

function unusable(): GatewayError {
  return new GatewayError('upstream_invalid_response', 'The provider gave no answer of use.')
}

function gone(): GatewayError {
  return new GatewayError('upstream_unreachable', 'The backend was disposed.')
}

function named(
  { code, message, retryAfterMs }: GatewayError,
  backend: string,
  status: number,
): GatewayError {
  const hint = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new GatewayError(code, message, { upstream: { backend, status }, ...hint })
}
