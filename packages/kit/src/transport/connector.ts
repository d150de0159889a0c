import { AsyncResource } from 'node:async_hooks'
import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls'
import type { buildConnector } from 'undici'
import { type ForwardProxy, ProxyRefusal } from './proxy.ts'

/** A connection from its first SYN to its end; `destroy` ends it at once in every state. */
export interface Opening {
  destroy(): void
  readonly destroyed: boolean
}

/** Where a connection goes, as undici says it. */
export type Endpoint = Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>

/** Tells the socket once it can carry requests, or why there is none. At most once. */
export type Opened = buildConnector.Callback

export interface ConnectorOptions {
  readonly proxy?: ForwardProxy
  /** Certificates to trust besides those of the system and `NODE_EXTRA_CA_CERTS`. */
  readonly ca?: ConnectionOptions['ca']
}

const keepAliveProbeMs = 60_000

/**
 * Opens TCP and TLS connections, directly or through a proxy: HTTP/1.1 only, without Nagle's delay. Our own, because
 * undici's connector does not hand out the socket before it is connected, so that nothing could abort it until then.
 */
export class Connector {
  readonly #proxy: ForwardProxy | undefined
  readonly #ca: ConnectionOptions['ca']
  /** TLS sessions by host and port, so that a new connection to a known server takes one round trip less. */
  readonly #sessions = new Map<string, Buffer>()
  /** Sockets outlive the call that opened them: in its context they would keep everything alive that it refers to. */
  readonly #context = new AsyncResource('jackfield.connector')

  constructor(options: ConnectorOptions = {}) {
    this.#proxy = options.proxy
    this.#ca = options.ca
  }

  open(endpoint: Endpoint, opened: Opened): Opening {
    return this.#context.runInAsyncScope(() => this.#open(endpoint, opened))
  }

  #open(endpoint: Endpoint, opened: Opened): Opening {
    const secure = endpoint.protocol === 'https:'
    if (this.#proxy === undefined) {
      return secure ? this.#openTls(endpoint, {}, opened) : openTcp(endpoint, opened)
    }
    return secure
      ? this.#openTunnel(this.#proxy, endpoint, opened)
      : this.#openProxy(this.#proxy, opened)
  }

  /** Plain HTTP goes to the proxy itself, which reads the whole URL from the request line. */
  #openProxy(proxy: ForwardProxy, opened: Opened): Opening {
    return proxy.endpoint.protocol === 'https:'
      ? this.#openTls(proxy.endpoint, {}, opened)
      : openTcp(proxy.endpoint, opened)
  }

  #openTls(endpoint: Endpoint, through: { readonly socket?: Socket }, opened: Opened): Socket {
    const key = `${endpoint.hostname}:${portOf(endpoint)}`
    const session = this.#sessions.get(key)
    const socket = tlsConnect({
      ...through,
      host: endpoint.hostname,
      port: portOf(endpoint),
      // A server name indication must not be an address (RFC 6066).
      ...(isIP(endpoint.hostname) === 0 ? { servername: endpoint.hostname } : {}),
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
      ...(this.#ca === undefined ? {} : { ca: this.#ca }),
    })
    socket.on('session', (ticket) => this.#sessions.set(key, ticket))
    return report(socket, 'secureConnect', opened)
  }

  #openTunnel(proxy: ForwardProxy, endpoint: Endpoint, opened: Opened): Opening {
    const tunnel = new Tunnel(connectThrough(proxy, endpoint))
    tunnel.request
      .once('connect', (response, socket: Socket) => {
        if (response.statusCode === 200) {
          tunnel.current = this.#openTls(endpoint, { socket }, opened)
          return
        }
        socket.destroy()
        opened(new ProxyRefusal(response.statusCode ?? 0), null)
      })
      .once('error', (error) => opened(error, null))
      .end()
    return tunnel
  }
}

/** A connection whose socket changes while it opens: first to the proxy, then through it. */
class Tunnel implements Opening {
  readonly request: ClientRequest
  current: Opening

  constructor(request: ClientRequest) {
    this.request = request
    this.current = request
  }

  get destroyed(): boolean {
    return this.current.destroyed
  }

  destroy(): void {
    this.current.destroy()
  }
}

function connectThrough(proxy: ForwardProxy, endpoint: Endpoint): ClientRequest {
  const authority = `${bracketed(endpoint.hostname)}:${portOf(endpoint)}`
  const send = proxy.endpoint.protocol === 'https:' ? httpsRequest : httpRequest
  return send({
    host: proxy.endpoint.hostname,
    port: portOf(proxy.endpoint),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxy.headers },
    agent: false,
  })
}

function openTcp(endpoint: Endpoint, opened: Opened): Socket {
  const socket = netConnect({ host: endpoint.hostname, port: portOf(endpoint) })
  return report(socket, 'connect', opened)
}

function report(socket: Socket, event: 'connect' | 'secureConnect', opened: Opened): Socket {
  const onError = (error: Error): void => opened(error, null)
  socket.once('error', onError)
  socket.once(event, () => {
    socket.off('error', onError)
    opened(null, socket)
  })
  return socket.setNoDelay(true).setKeepAlive(true, keepAliveProbeMs)
}

function portOf(endpoint: Endpoint): number {
  return Number(endpoint.port || (endpoint.protocol === 'https:' ? 443 : 80))
}

function bracketed(hostname: string): string {
  return isIP(hostname) === 6 ? `[${hostname}]` : hostname
}
