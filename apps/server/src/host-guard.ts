import { isIP } from 'node:net'
import { GatewayError } from '@jackfield/core'
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
  app.addHook('onRequest', (request, _reply, done) => {
    if (isOwnHost(request.headers.host, options.allowed())) done()
    else done(foreignHost())
  })
}

function foreignHost(): GatewayError {
  return new GatewayError(
    'permission_denied',
    'This gateway does not answer to the host name in the "Host" header of this request. Use 127.0.0.1 or localhost, or add the name to allowed_hosts in the configuration.',
  )
}

/** Whether a `Host` header names this machine's loopback interface or an allowed name, with any port. */
export function isOwnHost(header: string | undefined, allowed: readonly string[]): boolean {
  if (header === undefined) return false
  const name = hostName(header)
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return isLoopbackAddress(name) || allowed.some((entry) => hostName(entry) === name)
}

/** Without port, the dot at the end of a full name, and capitals. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

/** An IPv6 address stands in brackets in a `Host`. */
function isLoopbackAddress(name: string): boolean {
  const inBrackets = /^\[(.*)\]$/.exec(name)?.[1]
  return isIP(name) === 4 || isIP(inBrackets ?? '') === 6
    ? isLoopbackHost(inBrackets ?? name)
    : false
}
