import { isIPv4, isIPv6 } from 'node:net'
import type { BackendAuth } from '../installed-backends.ts'
import type { Problem, Report } from './problems.ts'
import type { ServerConfig } from './schema.ts'

/** Whether an address or name to listen on is reachable from this machine only. */
export function isLoopbackHost(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  if (isIPv4(host)) return host.startsWith('127.')
  return isIPv6(host) && /^(0*:)*0*1$|^::ffff:127\./i.test(host)
}

/** What decides who can use the operator's accounts. */
export interface Exposure {
  /** The address that is listened on. */
  readonly host: string
  readonly config: Pick<ServerConfig, 'api_keys' | 'allow_unauthenticated_remote'>
  readonly backends: readonly { readonly name: string; readonly auth: BackendAuth }[]
}

/** Refuses what would hand the operator's accounts to strangers. */
export function checkExposure(exposure: Exposure, report: Report): void {
  for (const problem of exposureProblems(exposure)) report(problem)
}

/**
 * The same about a configuration that is applied while the process runs: the address stays what it was, whatever the
 * configuration now says of it.
 */
export function exposureWhileListening(exposure: Exposure): readonly Problem[] {
  return exposureProblems(exposure).map(({ path, message }) => ({
    code: 'config_invalid',
    path: path === 'host' ? 'api_keys' : path,
    message: `the gateway goes on listening on ${exposure.host} until it is restarted: ${message}`,
    fix: 'take this change back, or make it and restart the gateway',
  }))
}

function exposureProblems({ host, config, backends }: Exposure): readonly Omit<Problem, 'code'>[] {
  if (isLoopbackHost(host)) return []
  const isOpen = config.api_keys.length === 0 && !config.allow_unauthenticated_remote
  const open = {
    path: 'host',
    message: 'other machines could use your accounts without any key',
    fix: 'set api_keys, listen on 127.0.0.1, or set allow_unauthenticated_remote: true',
  }
  const logins = backends.filter(({ auth }) => auth === 'oauth')
  return [
    ...(isOpen ? [open] : []),
    ...logins.map(({ name }) => ({
      path: `backends.${name}`,
      message: 'the login of a local user may not serve other machines',
      fix: 'listen on 127.0.0.1, or disable this backend',
    })),
  ]
}
