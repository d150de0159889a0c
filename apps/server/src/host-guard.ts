import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { isLoopbackHost } from './config/exposure.ts'

/**
 * Refuses requests whose `Host` is not this machine, while the gateway listens on the loopback interface: a web page
 * whose name was rebound to 127.0.0.1 still sends its own name.
 */
export function guardHost(
  app: FastifyInstance,
  options: { readonly host: string; readonly allowed: () => readonly string[] },
): void {
  if (!isLoopbackHost(options.host)) return
  app.addHook('onRequest', (request, reply, done) => {
    if (isOwnHost(request.headers.host, options.allowed())) {
      done()
      return
    }
    const message = `This gateway does not answer to the host name of this request. Use 127.0.0.1 or localhost, or list the name in \`allowed_hosts\`.`
    const body = request.url.startsWith('/v1')
      ? { error: { message, type: 'invalid_request_error', param: null, code: 'host_not_allowed' } }
      : { error: message }
    reply.code(403).send(body)
  })
}

/** Whether a `Host` header names this machine's loopback interface or an allowed name, with any port. */
export function isOwnHost(header: string | undefined, allowed: readonly string[]): boolean {
  if (header === undefined) return false
  const name = withoutPort(header).toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const address = name.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0) return isLoopbackHost(address) || allowed.includes(name)
  return allowed.some((entry) => entry.toLowerCase() === name)
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '')
}
