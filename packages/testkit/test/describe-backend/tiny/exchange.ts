import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type BackendContext, GatewayError, isGatewayError } from '@jackfield/core'
import { TinyBody } from './body.ts'
import { Deadline } from './deadline.ts'

/** An answer's head, its body still to come. */
export interface TinyAnswer {
  readonly message: IncomingMessage
  readonly body: TinyBody
}

export interface TinyRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
  readonly maxBytes: number
}

/** Sends one request on a connection of the agent. Resolves at the head, or with what went wrong. */
export function exchange(
  agent: Agent,
  asked: TinyRequest,
  { clock, network }: Pick<BackendContext, 'clock' | 'network'>,
): Promise<TinyAnswer | GatewayError> {
  const { signal, maxBytes } = asked
  if (signal.aborted) return Promise.resolve(reasonOf(signal))
  return new Promise((resolve) => {
    let answer: TinyAnswer | undefined
    const { method, headers } = asked
    const outgoing = request(asked.url, { agent, method, headers })
    const over = (): void => {
      deadline.suspend()
      signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: GatewayError): void => {
      over()
      answer?.body.break(error)
      outgoing.destroy()
      resolve(error)
    }
    const onAbort = (): void => fail(reasonOf(signal))
    const deadline = new Deadline(clock, fail)
    signal.addEventListener('abort', onAbort, { once: true })
    deadline.set(network.timeouts.connectMs)
    whenConnected(outgoing, () => deadline.set(network.timeouts.firstByteMs))
    outgoing.on('error', (error) => fail(asGatewayError(error)))
    outgoing.on('response', (message) => {
      deadline.set(network.timeouts.idleMs)
      answer = { message, body: new TinyBody(message, { deadline, maxBytes, onOver: over }) }
      resolve(answer)
    })
    outgoing.end(asked.body)
  })
}

function whenConnected(outgoing: ClientRequest, connected: () => void): void {
  outgoing.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected)
    else connected()
  })
}

function reasonOf({ reason }: AbortSignal): GatewayError {
  if (isGatewayError(reason)) return reason
  return new GatewayError('client_closed_request', 'The call is over.')
}

function asGatewayError(error: NodeJS.ErrnoException): GatewayError {
  const code = error.code ?? ''
  const kind = code.startsWith('HPE_') ? 'upstream_invalid_response' : 'upstream_unreachable'
  return new GatewayError(kind, `The provider cannot be reached (${code}).`)
}
