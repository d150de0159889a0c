import type { BackendHealth, GatewayHealth, JsonObject, Principal } from '@jackfield/core'
import { targetDocument } from './target-document.ts'

/** What the health document says besides the state of the backends. */
export interface HealthContext {
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Who asks; absent: nobody who may see more than whether the gateway works. */
  readonly principal?: Principal
}

/**
 * The document of `GET /health`. Its first members are those that InfiniLM routers answer with, so that their clients
 * and probes go on working.
 */
export function healthDocument(health: GatewayHealth, context: HealthContext): JsonObject {
  const ready = health.readyTargets > 0
  return {
    status: ready ? 'healthy' : 'running',
    router: 'running',
    healthy_services: `${health.readyTargets}/${health.totalTargets}`,
    registry_url: null,
    message: ready ? null : 'No healthy services available',
    // The InfiniLM document shows no zone. It is UTC here.
    timestamp: new Date(context.now).toISOString().slice(0, 19),
    version: context.version,
    uptime: Math.floor(health.uptimeMs / 1000),
    ...(context.principal === undefined
      ? {}
      : { backends: visibleBackends(health, context.principal).map(backendDocument) }),
  }
}

function visibleBackends(health: GatewayHealth, { backends }: Principal): readonly BackendHealth[] {
  if (backends === undefined) return health.backends
  return health.backends.filter((backend) => backends.includes(backend.name))
}

function backendDocument(backend: BackendHealth): JsonObject {
  return {
    name: backend.name,
    type: backend.type,
    state: backend.state,
    targets: backend.targets.map(targetDocument),
  }
}
