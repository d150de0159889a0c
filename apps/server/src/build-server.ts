import { createGateway, type Gateway } from '@jackfield/core'
import { createCommands } from '@jackfield/feature-commands'
import frontendAnthropic from '@jackfield/frontend-anthropic'
import frontendGemini from '@jackfield/frontend-gemini'
import frontendOpenai from '@jackfield/frontend-openai'
import gatewayPlugin, { serverOptions } from '@jackfield/gateway'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { commandOptions } from './command-options.ts'
import type { LoadedConfig } from './config/load.ts'
import { gatewayConfig } from './gateway-config.ts'
import { guardHeaders } from './header-guard.ts'
import { guardHost } from './host-guard.ts'
import { KnownSecrets } from './logging/known-secrets.ts'
import { logEvents } from './logging/log-events.ts'
import { noSchemas } from './no-schemas.ts'
import { closeUnusedConnections } from './unused-connections.ts'

/** Header bytes that a request may have; Node answers 431 above. */
const maxHeaderBytes = 64 * 1024

/** A server that has not begun to listen. */
export interface BuiltServer {
  readonly app: FastifyInstance
  readonly gateway: Gateway
  /** Uses another configuration for new calls, all or nothing. What `restart` marks in the schema stays as it was. */
  apply(loaded: LoadedConfig): Promise<void>
}

/** What a server is made with. */
export interface ServerParts {
  readonly log: Logger
  readonly version: string
  /** Takes keys out of the log; share it with the logger, so that both know those of a reload. */
  readonly secrets?: KnownSecrets
}

/** Puts gateway, frontends and guards together. Rejects with what is wrong with the configuration; nothing is open then. */
export async function buildServer(loaded: LoadedConfig, parts: ServerParts): Promise<BuiltServer> {
  const { log, version, secrets = new KnownSecrets() } = parts
  let { config } = loaded
  secrets.remember(loaded)
  const gateway = await createGateway({
    config: gatewayConfig(loaded),
    version,
    log,
    stages: [createCommands(() => commandOptions(config))],
  })
  logEvents(gateway.events, { log, redact: (text) => secrets.redact(text) })
  // Fastify's own lines say nothing that ours do not; what is worth a warning comes through.
  const fastifyLog = log.child({}, { level: quieter(config.log.level) })
  const app = await createApp(loaded, {
    gateway,
    version,
    log: fastifyLog,
    allowedHosts: () => config.allowed_hosts,
  })
  return {
    app,
    gateway,
    async apply(next) {
      await gateway.apply(gatewayConfig(next))
      secrets.remember(next)
      config = next.config
      log.level = config.log.level
      fastifyLog.level = quieter(config.log.level)
    },
  }
}

async function createApp(
  { config }: LoadedConfig,
  parts: {
    readonly gateway: Gateway
    readonly version: string
    readonly log: FastifyBaseLogger
    readonly allowedHosts: () => readonly string[]
  },
): Promise<FastifyInstance> {
  const { gateway, version, log, allowedHosts } = parts
  const app: FastifyInstance = fastify({
    ...serverOptions({ errorShape: config.error_shape }),
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    http: { maxHeaderSize: maxHeaderBytes },
    schemaController: noSchemas,
  })
  guardHeaders(app)
  guardHost(app, { host: config.host, allowed: allowedHosts }) // before the routes that it guards
  app.setErrorHandler((error, request, reply) => app.gateway.refuse(request, reply, error))
  await app.register(gatewayPlugin, {
    gateway,
    version,
    errorShape: config.error_shape,
    maxBodyBytes: config.max_body_size,
    graceMs: config.shutdown_grace,
    claimedPaths: ['/*'],
  })
  await app.register(frontendOpenai)
  await app.register(frontendAnthropic)
  await app.register(frontendGemini)
  closeUnusedConnections(app)
  return app
}

function quieter(level: string): string {
  return level === 'trace' || level === 'debug' || level === 'info' ? 'warn' : level
}
