import { createGateway, type Gateway } from '@jackfield/core'
import frontendOpenai from '@jackfield/frontend-openai'
import gatewayPlugin, { serverOptions } from '@jackfield/gateway'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { LoadedConfig } from './config/load.ts'
import { gatewayConfig } from './gateway-config.ts'
import { guardHost } from './host-guard.ts'
import { logEvents } from './logging/log-events.ts'

/** Header bytes that a request may have; Node answers 431 above. */
const maxHeaderBytes = 64 * 1024

/** A server that has not begun to listen. */
export interface BuiltServer {
  readonly app: FastifyInstance
  readonly gateway: Gateway
  /** Uses another configuration for new calls, all or nothing. */
  apply(loaded: LoadedConfig): Promise<void>
}

/** Puts gateway, frontends and guards together. Rejects with what is wrong with the configuration; nothing is open then. */
export async function buildServer(
  loaded: LoadedConfig,
  options: { readonly log: Logger; readonly version: string },
): Promise<BuiltServer> {
  const { log, version } = options
  let { config } = loaded
  const gateway = await createGateway({ config: gatewayConfig(loaded), version, log })
  logEvents(gateway, log)
  // Fastify's own lines say nothing that ours do not; what is worth a warning comes through.
  const loggerInstance: FastifyBaseLogger = log.child({}, { level: quieter(config.log.level) })
  const app: FastifyInstance = fastify({
    ...serverOptions({ errorShape: config.error_shape }),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    http: { maxHeaderSize: maxHeaderBytes },
  })
  guardHost(app, { host: config.host, allowed: () => config.allowed_hosts })
  await app.register(gatewayPlugin, {
    gateway,
    version,
    errorShape: config.error_shape,
    maxBodyBytes: config.max_body_size,
    graceMs: config.shutdown_grace,
  })
  await app.register(frontendOpenai)
  app.setNotFoundHandler((request, reply) => app.gateway.notFound(request, reply))
  return {
    app,
    gateway,
    async apply(next) {
      await gateway.apply(gatewayConfig(next))
      config = next.config
    },
  }
}

function quieter(level: string): string {
  return level === 'trace' || level === 'debug' || level === 'info' ? 'warn' : level
}
