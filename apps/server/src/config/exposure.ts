import { isIPv4, isIPv6 } from 'node:net'
import type { BackendAuth } from '../installed-backends.ts'
import type { Report } from './problems.ts'
import type { ServerConfig } from './schema.ts'

/** Whether an address or name to listen on is reachable from this machine only. */
export function isLoopbackHost(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  if (isIPv4(host)) return host.startsWith('127.')
  return isIPv6(host) && /^(0*:)*0*1$|^::ffff:127\./i.test(host)
}

/** Refuses what would hand the operator's accounts to strangers. */
export function checkExposure(
  config: ServerConfig,
  backends: readonly { readonly name: string; readonly auth: BackendAuth }[],
  report: Report,
): void {
  if (isLoopbackHost(config.host)) return
  if (config.api_keys.length === 0 && !config.allow_unauthenticated_remote) {
    report({
      path: 'host',
      message: 'other machines could use your accounts without any key',
      fix: 'set api_keys, listen on 127.0.0.1, or set allow_unauthenticated_remote: true',
    })
  }
  for (const { name } of backends.filter(({ auth }) => auth === 'oauth')) {
    report({
      path: `backends.${name}`,
      message: 'the login of a local user may not serve other machines',
      fix: 'listen on 127.0.0.1, or disable this backend',
    })
  }
}
