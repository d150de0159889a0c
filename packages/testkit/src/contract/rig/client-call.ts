import {
  type ChatResponse,
  Collector,
  type Gateway,
  type GatewayError,
  type Headers,
  isGatewayError,
  type StreamPart,
} from '@jackfield/core'
import type { Client, ClientRequest } from '../wire/client.ts'
import { MemorySink } from './memory-sink.ts'

/** What a call is made of. */
export interface CallSetup {
  readonly gateway: Gateway
  readonly client: Client
  readonly request: ClientRequest
  readonly headers?: Headers
}

/** What a client makes of what it got. */
export interface ClientAnswer {
  /** The whole answer; absent when it broke or is an error. */
  readonly response?: ChatResponse
  /** The failure that the answer tells. */
  readonly error?: GatewayError
  /** What of it is against the client's protocol. */
  readonly violations: readonly string[]
}

/** One call of a client, as a frontend hands it over. */
export class ClientCall {
  readonly sink = new MemorySink()
  /** Resolves when the gateway is done with the call. */
  readonly done: Promise<void>
  readonly #setup: CallSetup
  readonly #connection = new AbortController()

  constructor(setup: CallSetup) {
    const { gateway, client, request, headers = {} } = setup
    this.#setup = setup
    this.done = gateway.handle(
      {
        operation: client.operation,
        dialect: client.dialect,
        method: 'POST',
        path: client.path(request),
        query: client.query?.(request) ?? '',
        headers: { 'content-type': 'application/json', ...headers },
        body: client.body(request),
        signal: this.#connection.signal,
      },
      this.sink,
    )
  }

  /** The client goes away. Returns `performance.now()` of that moment. */
  leave(): number {
    const at = performance.now()
    this.#connection.abort()
    return at
  }

  /** What has come, read as the client's SDK would. Call it when the call is {@link done}. */
  answer(): ClientAnswer {
    const { client, request } = this.#setup
    const { body, status = 0 } = this.sink
    if (status >= 400) {
      const error = client.dialect.decodeError({ status, headers: this.sink.headers, body })
      return { error, violations: [] }
    }
    return request.stream ? readStream(client, body) : readWhole(client, body)
  }
}

function readWhole({ dialect }: Client, body: Uint8Array): ClientAnswer {
  const violations = dialect.validateResponse(body)
  try {
    return { response: dialect.chat.decodeResponse(body), violations }
  } catch (error) {
    if (isGatewayError(error)) return { error, violations }
    throw error
  }
}

function readStream({ dialect }: Client, body: Uint8Array): ClientAnswer {
  const validator = dialect.streamValidator('sse')
  validator.push(body)
  validator.end()
  const { violations } = validator
  const decoder = dialect.chat.streamDecoder('sse')
  const parts = [...decoder.push(body), ...decoder.end()]
  const failure = parts.find((part) => part.type === 'error')
  if (failure !== undefined) return { error: failure.error, violations }
  const response = collect(parts)
  return { violations, ...(response === undefined ? {} : { response }) }
}

function collect(parts: readonly StreamPart[]): ChatResponse | undefined {
  const collector = new Collector()
  collector.push(parts)
  return collector.response
}
