import {
  type BackendContext,
  type Credential,
  type GatewayError,
  isGatewayError,
  type Target,
  type Timeouts,
  type WireRequest,
  type WireResult,
} from '@jackfield/core'
import { acceptAnswer } from './accept-answer.ts'
import { abortError } from './errors/network-error.ts'
import type { Surface } from './surface.ts'
import { SurfaceClient } from './surface-client.ts'
import { ConnectionPool } from './transport/connection-pool.ts'
import { exchange } from './transport/exchange.ts'
import { parseProxy } from './transport/proxy.ts'

/** What a backend is sent with. */
export interface SenderOptions {
  readonly surfaces: readonly Surface[]
  readonly timeouts?: Partial<Timeouts>
  readonly proxy?: string
}

/** One request's circumstances: part of what a host gives for an attempt, a probe or a model list. */
export interface SendContext {
  readonly target: Target
  readonly signal: AbortSignal
  readonly timeouts?: Partial<Timeouts>
}

/** Sends the requests of one backend and says what became of them. */
export class Sender {
  readonly #context: BackendContext
  readonly #clients: ReadonlyMap<string, SurfaceClient>
  readonly #first: SurfaceClient
  readonly #timeouts: Timeouts
  readonly #pool: ConnectionPool

  constructor({ surfaces, timeouts, proxy }: SenderOptions, context: BackendContext) {
    const { name, network, userAgent } = context
    const url = proxy ?? network.proxyUrl
    const parsed =
      url === undefined || url === 'direct'
        ? {}
        : { proxy: parseProxy(url, `backends.${name}.upstream_proxy`) }
    const clients = surfaces.map(
      (surface) =>
        new SurfaceClient(surface, {
          backend: name,
          userAgent,
          maxResponseBytes: network.maxResponseBytes,
          ...parsed,
        }),
    )
    const [first] = clients
    if (first === undefined) throw new TypeError('A backend needs at least one surface')
    this.#context = context
    this.#clients = new Map(clients.map((client) => [client.surface.name, client]))
    this.#first = first
    this.#timeouts = { ...network.timeouts, ...timeouts }
    this.#pool = new ConnectionPool(parsed)
  }

  /** Rejects only for faults of code, never for anything that a provider does. */
  send(request: WireRequest, context: SendContext): Promise<WireResult> {
    const client = this.#clients.get(request.surface)
    if (client !== undefined) return this.#perform(client, request, context)
    return Promise.reject(new TypeError(`There is no surface "${request.surface}"`))
  }

  /** Asks the first surface for a document below its base URL. */
  get(path: string, context: SendContext): Promise<WireResult> {
    const { surface } = this.#first
    return this.#perform(
      this.#first,
      {
        surface: surface.name,
        operation: 'resource',
        model: '',
        method: 'GET',
        path,
        headers: {},
        framing: 'json',
      },
      context,
    )
  }

  /** Ends all connections, used ones too. Idempotent. */
  close(): void {
    this.#pool.close()
  }

  async #perform(
    client: SurfaceClient,
    request: WireRequest,
    context: SendContext,
  ): Promise<WireResult> {
    const { target, signal, timeouts } = context
    const given = credentialOf(target, signal)
    const credential = given instanceof Promise ? await given : given
    if (isGatewayError(credential)) return { failed: credential }
    const answer = await exchange(client.prepare(request, target, credential), {
      pool: this.#pool,
      clock: this.#context.clock,
      timeouts: timeouts === undefined ? this.#timeouts : { ...this.#timeouts, ...timeouts },
      signal,
    })
    if (isGatewayError(answer)) return { failed: answer }
    const accepted = acceptAnswer(answer, {
      surface: client.surface,
      request,
      target,
      upstream: client.upstream(target),
      maxBytes: this.#context.network.maxResponseBytes,
    })
    const result = accepted instanceof Promise ? await accepted : accepted
    // While an error's body was read: what came of it blames the provider for what the caller did.
    return signal.aborted && 'failed' in result ? { failed: abortError(signal.reason) } : result
  }
}

type Given = Credential | GatewayError | undefined

/** At once where the target has its credential at hand. */
function credentialOf(target: Target, signal: AbortSignal): Given | Promise<Given> {
  const refused = (error: unknown): GatewayError => {
    if (isGatewayError(error)) return error
    if (signal.aborted) return abortError(signal.reason)
    throw error
  }
  try {
    const given = target.credential?.(signal)
    if (given === undefined || 'secret' in given) return given
    return Promise.resolve(given).catch(refused)
  } catch (error) {
    return refused(error)
  }
}
