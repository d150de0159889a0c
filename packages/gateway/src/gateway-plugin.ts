import { createRequire } from 'node:module'
import {
  type Clock,
  createGateway,
  type Gateway,
  type GatewayOptions,
  systemClock,
} from '@jackfield/core'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { createHost } from './create-host.ts'
import { DryRuns } from './dry-runs.ts'
import { type HostParts, sharedErrorEncoder } from './host-parts.ts'
import type { HostSettings } from './host-settings.ts'
import { ModelsShapes } from './models-shapes.ts'
import { MountedRoutes } from './mounted-routes.ts'
import { OpenAnswers } from './open-answers.ts'
import type { ErrorShape } from './plain-error.ts'
import { addSharedPaths } from './shared-paths.ts'

/** How the gateway behaves behind HTTP. */
export interface HttpOptions {
  /** Prefix of the shared paths. */
  readonly prefix?: string
  /** What `/health` calls the version. Default: the version of this package. */
  readonly version?: string
  /** `auto`: nested errors below `/v1`, plain strings on bare paths. */
  readonly errorShape?: ErrorShape
  /** Largest body that is held in memory, in bytes, also after decompression. Default: 32 MB. */
  readonly maxBodyBytes?: number
  /** Largest body that is streamed through, in bytes. Default: 1 GB. */
  readonly maxStreamedBodyBytes?: number
  /** Milliseconds that a client may leave an answer unread before its connection is closed. `0`: for ever. Default: 5 minutes. */
  readonly stallMs?: number
  /** Milliseconds that open calls have to end when the app closes. Default: 30 seconds. */
  readonly graceMs?: number
  /**
   * Paths, as Fastify's router takes them, on which the gateway answers 404 itself, in its clients' form, where nothing
   * else answers. Default: `/v1` and `/v1/*`. Empty: unknown paths are the host's.
   */
  readonly claimedPaths?: readonly string[]
  readonly clock?: Clock
}

/** A gateway to serve, or what one is made of. Closing the app closes the gateway either way. */
export type GatewayPluginOptions = HttpOptions & (GatewayOptions | { readonly gateway: Gateway })

const defaultSettings: HostSettings = {
  clock: systemClock,
  errorShape: 'auto',
  maxBodyBytes: 32 * 1024 * 1024,
  maxStreamedBodyBytes: 1024 * 1024 * 1024,
  stallMs: 300_000,
}

const register: FastifyPluginAsync<GatewayPluginOptions> = async (app, options) => {
  const core =
    'gateway' in options ? options.gateway : await createGateway({ log: app.log, ...options })
  const parts = hostParts(core, hostSettings(options))
  closeWithApp(app, parts, options.graceMs ?? 30_000)
  app.decorate('gateway', createHost(parts))
  app.register(
    async (scope) => {
      addSharedPaths(scope, parts, {
        version: options.version ?? packageVersion(),
        claimedPaths: options.claimedPaths ?? ['/v1', '/v1/*'],
      })
    },
    { prefix: options.prefix ?? '' },
  )
}

function closeWithApp(app: FastifyInstance, parts: HostParts, graceMs: number): void {
  const { core, open, settings } = parts
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= core.close({ graceMs }).then(() => open.finish(settings.clock))
    return closed
  }
  // The calls must begin to end before the server stops: Fastify waits for all connections before it runs `onClose`.
  app.addHook('preClose', (done) => {
    open.drain()
    close().catch(() => {})
    done()
  })
  app.addHook('onClose', close)
}

function hostSettings(options: GatewayPluginOptions): HostSettings {
  return {
    clock: options.clock ?? defaultSettings.clock,
    errorShape: options.errorShape ?? defaultSettings.errorShape,
    maxBodyBytes: options.maxBodyBytes ?? defaultSettings.maxBodyBytes,
    maxStreamedBodyBytes: options.maxStreamedBodyBytes ?? defaultSettings.maxStreamedBodyBytes,
    stallMs: options.stallMs ?? defaultSettings.stallMs,
  }
}

function hostParts(core: Gateway, settings: HostSettings): HostParts {
  const shapes = new ModelsShapes()
  const open = new OpenAnswers()
  const { clock, stallMs } = settings
  return {
    core,
    settings,
    shapes,
    open,
    sink: { clock, stallMs, isClosing: () => open.isClosing },
    mounted: new MountedRoutes(),
    dryRuns: new DryRuns(),
    encodeShared: sharedErrorEncoder(shapes, settings.errorShape),
  }
}

function packageVersion(): string {
  const manifest: { version: string } = createRequire(import.meta.url)('../package.json')
  return manifest.version
}

/**
 * Puts a gateway into a Fastify app: decorates it with `app.gateway`, and adds `/health`, `/models`, `/v1/models` and
 * `/v1/jackfield/explain`.
 * Frontend plugins, registered after it, add the paths of their protocols.
 */
export const gatewayPlugin: FastifyPluginAsync<GatewayPluginOptions> = fp(register, {
  name: '@jackfield/gateway',
  fastify: '5.x',
})
